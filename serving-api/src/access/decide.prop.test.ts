import {
  type FieldClass,
  type Grant,
  instantOf,
  type KeyScope,
  keyScopes,
  millisecondsOf,
  ownerRef,
  parseInstant,
  PassportError,
  scopesOf,
  type VehicleEvent,
} from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  buyer,
  canary,
  eventIdAt,
  eventWith,
  formerOwner,
  garage,
  grantLine,
  insurer,
  line,
  ownedBy,
  owner,
  stranger,
  timeAt,
} from '../testing/consent-lines.ts';
import { consentOfLines } from './consent-of-lines.ts';
import { type Access, type Caller, decideAccess } from './decide.ts';
import { showLines } from './show-lines.ts';

/** One thing that happens in a block of its own. */
type Act =
  | { readonly do: 'record'; readonly scopes: readonly KeyScope[] }
  | { readonly do: 'grant'; readonly terms: Terms }
  | { readonly do: 'revoke'; readonly pick: number }
  | { readonly do: 'sell'; readonly to: number }
  | { readonly do: 'erase' };

type Terms = Pick<Grant, 'grantee' | 'classes' | 'includesPast'> & {
  readonly begins: number;
  readonly lasts: number;
};

const owners = [owner, buyer, formerOwner];
const callers: readonly Caller[] = [
  { mspId: garage },
  { mspId: insurer },
  ...[...owners, stranger].map((keyId) => ({ keyId })),
];

const classes = fc.subarray<FieldClass>(['usage', 'location', 'maintenance', 'incident'], {
  minLength: 1,
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('record'),
      scopes: fc.subarray([...keyScopes], { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('grant'),
      terms: fc.record({
        grantee: fc.constantFrom<Grant['grantee']>(
          { mspId: garage },
          { mspId: insurer },
          { keyId: stranger },
        ),
        classes,
        includesPast: fc.boolean(),
        begins: fc.nat({ max: 4 }),
        lasts: fc.integer({ min: 1, max: 12 }),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke'), pick: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sell'), to: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase') }) },
);

/** What the naive rule remembers: grants as they were made, and when they ended. */
type Made = {
  readonly record: Grant;
  readonly madeAt: number;
  endedAt: number | undefined;
};

type Told = {
  readonly lines: VehicleEvent[];
  readonly grants: Made[];
  readonly owner: string | null;
  readonly scopesAt: ReadonlyMap<number, readonly KeyScope[]>;
};

/** Tells a history in lines, and keeps by itself what each grant opens. */
function tell(acts: readonly Act[]): Told {
  const lines: VehicleEvent[] = [ownedBy(owner, 1, 0)];
  const grants: Made[] = [];
  const scopesAt = new Map<number, readonly KeyScope[]>();
  let [epoch, present] = [1, owner as typeof owner | null];
  const endAll = (block: number): void => {
    for (const made of grants) made.endedAt ??= block;
  };
  for (const [index, step] of acts.entries()) {
    const block = index + 1;
    if (step.do === 'record') {
      lines.push(eventWith(step.scopes, block));
      scopesAt.set(block, step.scopes);
    } else if (step.do === 'grant' && present !== null) {
      const { begins, lasts, ...terms } = step.terms;
      const more = {
        ...terms,
        grantId: `grant-${String(index).padStart(4, '0')}`,
        ownerEpoch: epoch,
        owner: present,
        notBefore: parseInstant(timeAt(block + begins)),
        expiresAt: parseInstant(timeAt(block + begins + lasts)),
      };
      lines.push(grantLine('granted', block, more));
      grants.push({ record: more as unknown as Grant, madeAt: block, endedAt: undefined });
    } else if (step.do === 'revoke') {
      const made = grants[step.pick % Math.max(1, grants.length)];
      if (made === undefined || made.endedAt !== undefined) continue;
      made.endedAt = block;
      const revokedAt = parseInstant(timeAt(block));
      lines.push(grantLine('grant-revoked', block, { ...made.record, revokedAt }));
    } else if (step.do === 'sell') {
      epoch += 1;
      present = owners[step.to] ?? null;
      endAll(block);
      lines.push(ownedBy(present, epoch, block));
    } else if (step.do === 'erase' && present !== null) {
      present = null;
      endAll(block);
      lines.push(line('erased', block, { ownerEpoch: epoch }));
    }
  }
  return { lines, grants, owner: present === null ? null : ownerRef(present), scopesAt };
}

function tried(lines: readonly VehicleEvent[], caller: Caller, atMs: number): Access | string {
  try {
    return decideAccess(consentOfLines(lines), caller, atMs);
  } catch (error) {
    if (error instanceof PassportError) return error.code;
    throw error;
  }
}

function isOwn({ record }: Made, caller: Caller): boolean {
  return JSON.stringify(record.grantee) === JSON.stringify(caller);
}

test('an event’s scope is shown exactly to its owner, and where a grant in force covers it', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 25 }),
      fc.constantFrom(...callers),
      fc.integer({ min: 0, max: 12 }),
      (acts, caller, later) => {
        const { lines, grants, owner: present, scopesAt } = tell(acts);
        const now = parseInstant(timeAt(acts.length + later));
        const access = tried(lines, caller, millisecondsOf(now));
        const isOwner = 'keyId' in caller && ownerRef(caller.keyId) === present;
        const inForce = grants.filter(
          (made) =>
            isOwn(made, caller) &&
            made.endedAt === undefined &&
            made.record.notBefore <= now &&
            now < made.record.expiresAt,
        );
        if (typeof access === 'string') {
          expect(isOwner).toBe(false);
          expect(inForce).toEqual([]);
          return;
        }
        const shown = showLines(access, lines);
        const text = JSON.stringify(shown.events);
        for (const [block, scopes] of scopesAt) {
          const at = instantOf(millisecondsOf(parseInstant(timeAt(block))));
          for (const scope of scopes) {
            const isCovered = inForce.some(
              ({ record, madeAt }) =>
                scopesOf(record).includes(scope) &&
                (record.includesPast ||
                  (madeAt <= block && record.notBefore <= at && at < record.expiresAt)),
            );
            expect(text.includes(canary(scope, eventIdAt(block)))).toBe(isOwner || isCovered);
          }
        }
        for (const made of grants) {
          const isShown = text.includes(made.record.grantId);
          const isOwners = isOwner && made.record.ownerEpoch === access.ownerEpoch;
          expect(isShown).toBe(isOwners || inForce.includes(made));
        }
        for (const { scopes } of shown.handedOut) expect(scopes.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('who never had a grant is told what is told of a vehicle that is not there', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), fc.constantFrom(...callers), (acts, caller) => {
      const { lines, grants, owner: present } = tell(acts);
      const isOwner = 'keyId' in caller && ownerRef(caller.keyId) === present;
      const told = tried(lines, caller, millisecondsOf(parseInstant(timeAt(acts.length))));
      if (isOwner) expect(told).toMatchObject({ as: 'owner' });
      else if (!grants.some((made) => isOwn(made, caller))) expect(told).toBe('VEHICLE_UNKNOWN');
    }),
    { numRuns: 500 },
  );
});
