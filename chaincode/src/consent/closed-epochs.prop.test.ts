import {
  type ErrorCode,
  type Grant,
  type LogBook,
  PassportError,
  sealedHeaderOf,
} from '@passport/model';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { TestConsortium } from '../testing/test-consortium.ts';
import { makeKey } from '../testing/test-users.ts';
import { keyWrap, OwnerDesk, sealedTo, sealingKey } from './testing/owner-desk.ts';

const people = [makeKey(), makeKey(), makeKey()] as const;
const scopes = ['usage', 'driving'] as const;
type Person = (typeof people)[number];
type Scope = (typeof scopes)[number];
/** Keys of grantees, few enough that a later owner comes to one of an earlier owner's. */
const readerKeys = [makeKey().keyId, makeKey().keyId] as const;

const scope = fc.constantFrom(...scopes);
/** How many next keys of each scope somebody brings. */
const next = fc.integer({ min: 0, max: 2 });
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('record' as const), scope, back: next }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const), scope, next }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      scope,
      readerKey: fc.option(fc.constantFrom(...readerKeys)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('revoke' as const), which: fc.nat(5), next }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('sell' as const),
      to: fc.constantFrom(...people),
      next,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), back: next }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('assign' as const), to: fc.constantFrom(...people) }),
  },
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

type Line = { readonly grantId: string; readonly scope: Scope; readonly isSealed: boolean };

/** What should come of it, by lists that are only ever added to. */
class Book {
  /** By owner epoch, from 1; null is nobody. */
  readonly owners: (Person | null)[] = [people[0]];
  /** How many keys each scope has. */
  readonly keys: Record<Scope, number> = { usage: 1, driving: 1 };
  readonly closed = new Set<string>();
  /** Keys that events on the ledger are sealed to, each open when its event came. */
  readonly recorded: string[] = [];
  /** The owner epoch that first granted to a reader key. */
  readonly taken = new Map<string, number>();
  /** The present owner's grants, and those of all who left. */
  standing: Line[] = [];
  readonly dead: Line[] = [];

  get owner(): Person | null {
    return this.owners.at(-1) ?? null;
  }

  close(of: readonly Scope[]): void {
    for (const closing of of) {
      for (let epoch = 1; epoch <= this.keys[closing]; epoch += 1) {
        this.closed.add(`${closing} ${epoch}`);
      }
    }
  }

  leave(to: Person | null): void {
    this.dead.push(...this.standing);
    this.standing = [];
    this.close(scopes);
    this.owners.push(to);
  }
}

let consortium: TestConsortium;
let desk: OwnerDesk;
beforeAll(async () => {
  consortium = await TestConsortium.found();
  desk = new OwnerDesk(consortium);
});

function nextKeys(book: Book, of: readonly Scope[], count: number): object[] {
  return of.flatMap((each) =>
    Array.from({ length: count }, (_, index) =>
      sealingKey({ scope: each, epoch: book.keys[each] + index + 1 }),
    ),
  );
}

/** Does a deed on the ledger and in the book, where there is somebody to do it. */
async function perform(vid: string, book: Book, what: Deed): Promise<void> {
  const { owner } = book;
  if (what.do === 'assign') {
    if (owner !== null) return;
    const request = { vid, owner: what.to.keyId };
    await consortium.submit('MakerMSP', 'Passport', 'assignOwner', request);
    book.owners.push(what.to);
    return;
  }
  if (what.do === 'record') return record(vid, book, what.scope, what.back);
  if (what.do === 'erase') return erase(vid, book, book.owners.length - what.back);
  if (owner === null) return;
  switch (what.do) {
    case 'publish': {
      if (what.next === 0) return;
      await desk.publish(owner, vid, nextKeys(book, [what.scope], what.next));
      book.keys[what.scope] += what.next;
      return;
    }
    case 'grant': {
      return grant(vid, book, owner, what);
    }
    case 'revoke': {
      const line = book.standing[what.which];
      if (line === undefined) return;
      const keys = nextKeys(book, [line.scope], what.next);
      await desk.revoke(owner, vid, line.grantId, { keys });
      if (line.isSealed) book.close([line.scope]);
      book.keys[line.scope] += what.next;
      book.standing = book.standing.filter((other) => other !== line);
      book.dead.push(line);
      return;
    }
    case 'sell': {
      if (what.to === owner) return;
      const keys = nextKeys(book, scopes, what.next);
      await desk.handOver(vid, owner, what.to, { buyer: { keys } });
      book.leave(what.to);
      for (const each of scopes) book.keys[each] += what.next;
    }
  }
}

async function grant(
  vid: string,
  book: Book,
  owner: Person,
  { scope: of, readerKey }: Extract<Deed, { do: 'grant' }>,
): Promise<void> {
  const isSealed = readerKey !== null;
  const keys = isSealed ? { wrap: { ...keyWrap(), readerKey } } : {};
  const granted = desk.grant(owner, vid, { classes: [of], ...keys });
  const ownerEpoch = book.owners.length;
  if (isSealed && (book.taken.get(readerKey) ?? ownerEpoch) !== ownerEpoch) {
    expect(await granted.then(() => undefined, codeOf)).toBe('READER_KEY_TAKEN');
    return;
  }
  const { grantId } = await granted;
  if (isSealed) book.taken.set(readerKey, ownerEpoch);
  book.standing.push({ grantId, scope: of, isSealed });
}

async function record(vid: string, book: Book, of: Scope, back: number): Promise<void> {
  const epoch = Math.max(book.keys[of] - back, 1);
  const refusal = await desk.recordSealed(vid, epoch, of).then(() => undefined, codeOf);
  const name = `${of} ${epoch}`;
  expect(refusal).toBe(book.closed.has(name) ? 'EPOCH_CLOSED' : undefined);
  if (refusal === undefined) book.recorded.push(name);
}

async function erase(vid: string, book: Book, ownerEpoch: number): Promise<void> {
  const person = book.owners[ownerEpoch - 1];
  if (person === undefined) return;
  const refusal = await desk
    .erase(person ?? people[0], vid, ownerEpoch)
    .then(() => undefined, codeOf);
  expect(refusal).toBe(person === null ? 'ERASED_ALREADY' : undefined);
  if (person === null) return;
  const isPresent = ownerEpoch === book.owners.length;
  book.owners[ownerEpoch - 1] = null;
  if (isPresent) book.leave(null);
}

/** What has to be so at any time. */
async function expectSound(vid: string, book: Book): Promise<void> {
  const { owners, events } = (await consortium.evaluate('Passport', 'readLogBook', {
    vid,
  })) as LogBook;
  expect(owners.map(({ ownerEpoch, keyId }) => [ownerEpoch, keyId])).toEqual(
    book.owners.map((person, index) => [index + 1, person?.keyId ?? null]),
  );
  const grants = (await desk.ask<Grant[]>('readGrants', vid)).filter(
    ({ revokedAt }) => revokedAt === null,
  );
  expect(grants.map(({ grantId }) => grantId).sort()).toEqual(
    book.standing.map(({ grantId }) => grantId).sort(),
  );
  for (const of of scopes) {
    const by = await desk.readsBy(vid, of);
    const standing = book.standing.filter((line) => line.scope === of);
    expect(by === null ? standing : standing.map(({ grantId }) => grantId)).toEqual(
      by === null ? [] : expect.arrayContaining([by]),
    );
  }
  const published = consortium.ledger
    .state()
    .filter(([key]) => key.startsWith(`sealing-keys|${vid}`))
    .flatMap(
      ([, value]) => (JSON.parse(value) as { keys: { scope: Scope; epoch: number }[] }).keys,
    );
  for (const of of scopes) {
    const epochs = published.filter((key) => key.scope === of).map(({ epoch }) => epoch);
    expect(epochs).toEqual(Array.from({ length: book.keys[of] }, (_, index) => index + 1));
  }
  const open = await desk.ask<{ scope: Scope; epoch: number }[]>('readSealingKeys', vid);
  const isClosed = (key: { scope: Scope; epoch: number }) =>
    book.closed.has(`${key.scope} ${key.epoch}`);
  expect(open.map((key) => `${key.scope} ${key.epoch}`)).toEqual(
    published.filter((key) => !isClosed(key)).map((key) => `${key.scope} ${key.epoch}`),
  );
  const sealed = events.flatMap((event) =>
    Object.entries(event.sealed ?? {}).map(([of, field]) => `${of} ${sealedHeaderOf(field).epoch}`),
  );
  expect(sealed.sort()).toEqual([...book.recorded].sort());
}

test('whatever is sold, revoked and erased: nothing is sealed to what was closed, no grant outlives its owner, no epoch is left out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (deeds) => {
      const keys = scopes.map((of) => sealingKey({ scope: of }));
      const vid = await consortium.register({ owner: people[0].keyId, keys });
      const book = new Book();
      for (const what of deeds) {
        await perform(vid, book, what);
        await expectSound(vid, book);
      }
    }),
    { numRuns: 60 },
  );
});

test('a header is read as it was written, for every epoch and suite that is allowed', async () => {
  const vid = await consortium.register({ owner: people[0].keyId });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 0xffff_ffff }),
      fc.integer({ min: 2, max: 255 }),
      async (epoch, suite) => {
        await desk.recordSealed(vid, epoch);
        const event = { id: desk.nonce(), vid, kind: 'trip', at: '2026-11-20', method: 'expert' };
        const events = [{ ...event, sealed: { usage: sealedTo(epoch, suite) } }];
        const request = { source: 'MakerMSP/main', events };
        const refusal = await consortium
          .submit('MakerMSP', 'Passport', 'recordEvents', request)
          .then(() => undefined, codeOf);
        expect(refusal).toBe('SUITE_NOT_ALLOWED');
      },
    ),
    { numRuns: 50 },
  );
});

function codeOf(error: unknown): ErrorCode {
  if (error instanceof PassportError) return error.code;
  throw error;
}
