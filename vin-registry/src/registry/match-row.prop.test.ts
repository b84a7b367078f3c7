import { parse, parseMspId, reason, type Vid, vidOfBytes } from '@passport/model';
import { vinTag } from '@passport/privacy/oprf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decideDispute, erasePerson, type MatchRow, matchRow } from './match-row.ts';

const members = ['GarageMSP', 'MakerMSP', 'InsurerMSP'].map(parseMspId);
const tags = [parse(vinTag, `${'0'.repeat(16)}.${'A'.repeat(43)}`)];
const why = parse(reason, 'the papers were looked at');

const member = fc.constantFrom(...members);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('match' as const),
      member,
      wants: fc.constantFrom('vid' as const, 'registration' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('decide' as const), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), member }) },
);

/** A new vid each time, so that a second one would show. */
function vidMaker(): () => Vid {
  let next = 0;
  return () => {
    next += 1;
    return vidOfBytes(Buffer.alloc(16, next));
  };
}

describe('a row of the registry', () => {
  test('keeps vid, tags and every claim, and opens a dispute instead of writing over', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const newVid = vidMaker();
        let row: MatchRow | undefined;
        for (const [index, each] of steps.entries()) {
          const before = row;
          if (each.do === 'match') {
            const request = { tags, wants: each.wants, commitment: `c${index}` };
            const asker = { member: each.member, atMs: index };
            const matched = matchRow(before, request, asker, newVid);
            row = matched.row;
            expect(matched.isNew).toBe(before === undefined);
            const isOwn = before === undefined || before.claimant === each.member;
            const isOpen = before === undefined || before.state === 'claimed';
            const mayClaim = before === undefined || each.wants === 'registration';
            expect(matched.mayRegister).toBe(isOwn && isOpen && mayClaim);
            if (!isOwn && each.wants === 'registration') expect(row.state).toBe('disputed');
            expect(row.claimant).toBe(before?.claimant ?? each.member);
            const others = before?.commitments.filter((kept) => kept.member !== each.member) ?? [];
            expect(row.commitments).toEqual([
              ...others,
              { member: each.member, atMs: index, value: `c${index}` },
            ]);
          } else if (before !== undefined && each.do === 'erase') {
            row = erasePerson(before);
            expect(row).toEqual({ ...before, commitments: [] });
          } else if (before !== undefined) {
            const decide = () =>
              decideDispute(before, { claimant: each.member, reason: why }, index);
            const hasClaimed = before.claims.some((claim) => claim.member === each.member);
            if (before.state !== 'disputed' || !hasClaimed) {
              expect(decide).toThrow(/^DISPUTE_UNKNOWN: /);
            } else {
              row = decide();
              expect(row).toMatchObject({ state: 'claimed', claimant: each.member });
              expect(row.decisions).toHaveLength(before.decisions.length + 1);
            }
          }
          if (before === undefined || row === undefined) continue;
          expect(row.vid).toBe(before.vid);
          expect(row.tags).toEqual(before.tags);
          expect(row.claims.slice(0, before.claims.length)).toEqual(before.claims);
          if (before.state === 'disputed' && each.do !== 'decide')
            expect(row.state).toBe('disputed');
        }
      }),
    );
  });
});
