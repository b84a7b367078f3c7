import type { ReadCounts, ReadRecord, ReadsPage } from '@passport/model';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { OwnerDesk } from './testing/owner-desk.ts';

const owner = makeKey();
const servers = ['BankMSP', 'InsurerMSP'] as const;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

/** Batches that servers record, often in the same millisecond; few queries, so that some come again. */
const batches = fc.array(
  fc.record({
    by: fc.constantFrom(...servers),
    waitMs: fc.constantFrom(0, 0, 1, 60_000),
    reads: fc.array(fc.record({ grant: fc.nat(2), query: fc.nat(40), agoMs: fc.nat(5_000) }), {
      minLength: 1,
      maxLength: 300,
    }),
  }),
  { maxLength: 6 },
);

test('whatever is recorded is in the pages once, the newest first, and counted by query', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (history) => {
      const vid = await consortium.register({ owner: owner.keyId });
      const grants = [await desk.grant(owner, vid), await desk.grant(owner, vid)];
      const expected: string[] = [];
      const queries: Record<string, Set<string>> = {};
      for (const { by, waitMs, reads } of history) {
        consortium.ledger.advance(waitMs);
        const recorded = reads.map(({ grant, query, agoMs }) => ({
          ...{ vid, ownerEpoch: 1, grantId: grants[grant % 2]?.grantId ?? '' },
          ...{ reader: { mspId: 'InsurerMSP' }, scopes: ['usage'], purpose: 'insurance' },
          ...{ at: desk.inMs(-agoMs), query: `query-${query}` },
        }));
        await consortium.submit(by, 'Consent', 'recordReads', { reads: recorded });
        for (const { grantId, query, at } of recorded) {
          expected.push([by, desk.inMs(0), grantId, query, at].join(' '));
          (queries[grantId] ??= new Set()).add(query);
        }
      }
      const found = await allReads(vid);
      const lines = found.map((read) =>
        [read.by, read.recordedAt, read.grantId, read.query, read.at].join(' '),
      );
      expect(lines.sort()).toEqual(expected.sort());
      const times = found.map(({ recordedAt }) => recordedAt);
      expect(times).toEqual([...times].sort().reverse());
      const { queries: counts } = await desk.ask<ReadCounts>('countReads', vid);
      expect(counts).toEqual(
        Object.fromEntries(Object.entries(queries).map(([grantId, of]) => [grantId, of.size])),
      );
    }),
    { numRuns: 40 },
  );
});

async function allReads(vid: string): Promise<ReadRecord[]> {
  const all: ReadRecord[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page: ReadsPage = await desk.ask('readReads', vid, after === undefined ? {} : { after });
    all.push(...page.reads);
    after = page.next;
  }
  return all;
}
