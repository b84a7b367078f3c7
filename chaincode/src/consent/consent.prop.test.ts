import { type ErrorCode, PassportError } from '@passport/model';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { OwnerDesk } from './testing/owner-desk.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const keys = [makeKey(), makeKey(), makeKey()] as const;
/** Often who owns the vehicle first, or most of what is done would be refused. */
const people = fc.constantFrom(keys[0], keys[0], ...keys);
const readers = ['InsurerMSP', 'BankMSP'] as const;
const classes = ['usage', 'energy'] as const;

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

const deed = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      by: people,
      mspId: fc.constantFrom(...readers),
      fieldClass: fc.constantFrom(...classes),
      days: fc.integer({ min: -1, max: 800 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('revoke' as const), by: people, which: fc.nat(4) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sell' as const), by: people, to: people }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      days: fc.integer({ min: 0, max: 400 }),
    }),
  },
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

/** A grant as the simplest book would keep it. */
type Line = {
  readonly grantId: string;
  readonly mspId: string;
  readonly fieldClass: string;
  readonly endsMs: number;
  isDead: boolean;
};

/** What the contract should come to, by a book that knows nothing of epochs, keys or the ledger. */
class Book {
  owner: (typeof keys)[number] = keys[0];
  readonly lines: Line[] = [];

  /** What a deed should be refused with; undefined when it should be done. */
  refusalOf(deedOf: Deed): ErrorCode | undefined {
    if (deedOf.do === 'wait') return undefined;
    // Nobody hands a vehicle over to themselves.
    if (deedOf.do === 'sell' && deedOf.by === deedOf.to) return 'COMMAND_TARGET_WRONG';
    if (deedOf.by !== this.owner) return 'COMMAND_SIGNER_FOREIGN';
    if (deedOf.do === 'grant')
      return deedOf.days < 1 || deedOf.days > 730 ? 'EXPIRY_INVALID' : undefined;
    if (deedOf.do === 'sell') return undefined;
    const line = this.lines[deedOf.which];
    if (line === undefined || this.#isFormer(line)) return 'GRANT_UNKNOWN';
    return line.isDead ? 'GRANT_ENDED' : undefined;
  }

  readsBy(fieldClass: string, mspId: string, nowMs: number): string[] {
    return this.lines
      .filter((line) => !line.isDead && line.fieldClass === fieldClass && line.mspId === mspId)
      .filter(({ endsMs }) => nowMs < endsMs)
      .map(({ grantId }) => grantId);
  }

  sell(to: (typeof keys)[number]): void {
    this.owner = to;
    for (const line of this.lines) line.isDead = true;
    this.#former = this.lines.length;
  }

  #former = 0;

  #isFormer(line: Line): boolean {
    return this.lines.indexOf(line) < this.#former;
  }
}

/** Does a deed on the ledger and, if it was done, in the book. */
async function perform(vid: string, book: Book, what: Deed): Promise<void> {
  switch (what.do) {
    case 'wait':
      return consortium.ledger.advance(what.days * DAY_MS);
    case 'sell':
      await desk.handOver(vid, what.by, what.to);
      return book.sell(what.to);
    case 'revoke': {
      const grantId = book.lines[what.which]?.grantId ?? 'no-such-grant';
      await desk.revoke(what.by, vid, grantId);
      const line = book.lines[what.which];
      if (line !== undefined) line.isDead = true;
      return;
    }
    case 'grant': {
      const { mspId, fieldClass, days } = what;
      const { grantId } = await desk.grant(what.by, vid, {
        grantee: { mspId },
        classes: [fieldClass],
        expiresAt: desk.inMs(days * DAY_MS),
      });
      const endsMs = consortium.ledger.now().getTime() + days * DAY_MS;
      book.lines.push({ grantId, mspId, fieldClass, endsMs, isDead: false });
    }
  }
}

test('whatever owners, others and buyers do, members read what the plain book says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 20 }), async (deeds) => {
      const vid = await consortium.register({ owner: keys[0].keyId });
      const book = new Book();
      for (const what of deeds) {
        const expected = book.refusalOf(what);
        const before = consortium.ledger.state();
        const refusal = await perform(vid, book, what).then(() => undefined, codeOf);
        expect(refusal).toBe(expected);
        if (refusal !== undefined) expect(consortium.ledger.state()).toEqual(before);
        await expectSame(vid, book);
      }
    }),
    { numRuns: 60 },
  );
});

async function expectSame(vid: string, book: Book): Promise<void> {
  for (const mspId of readers) {
    for (const fieldClass of classes) {
      const by = book.readsBy(fieldClass, mspId, consortium.ledger.now().getTime());
      const grantId = await desk.readsBy(vid, fieldClass, mspId);
      if (grantId === null) expect(by).toEqual([]);
      else expect(by).toContain(grantId);
    }
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof PassportError) return error.code;
  throw error;
}
