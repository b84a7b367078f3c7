import { parseInstant, vidOfBytes } from '@passport/model';
import { expect, test } from 'vitest';

import { type FoldedRange, type RangeInLog, RangesUnderWay } from './ranges-under-way.ts';

/** Lets everything that can go on now do so. */
const settle = (): Promise<void> => new Promise((go) => setImmediate(go));

const erasure = {
  ...{ vid: vidOfBytes(Buffer.alloc(16, 1)), block: 0, readerKeys: [] },
  at: parseInstant('2026-11-29T12:00:00.000Z'),
};

/** Ranges whose steps are taken by hand. */
class World {
  readonly committed: number[][] = [];
  readonly failures: unknown[] = [];
  /** The commit that is under way. */
  commit = Promise.withResolvers<void>();
  readonly ranges = new RangesUnderWay(
    3,
    (ranges) => this.#commit(ranges),
    (error) => this.failures.push(error),
  );

  /** Begins a range of one block; `append` says what becomes of it. */
  begin(number: number, hasErased = false): PromiseWithResolvers<void> {
    const append = Promise.withResolvers<void>();
    append.promise.catch(() => {});
    const erasures = hasErased ? [erasure] : [];
    const folded: FoldedRange = { events: 1, ledgerTimeMs: 0, erasures, appended: append.promise };
    const tip = { ledger: 'fabric:0', number, hash: '', roots: {} };
    this.ranges.add({ tip, blocks: 1, folded: Promise.resolve(folded) });
    return append;
  }

  async #commit(ranges: readonly RangeInLog[]): Promise<void> {
    this.committed.push(ranges.map(({ tip }) => tip.number));
    await this.commit.promise;
    this.commit = Promise.withResolvers();
  }
}

test('ranges that are in the log are committed together, in order, while others are begun', async () => {
  const world = new World();
  const [first, second] = [world.begin(1), world.begin(2)];
  second.resolve();
  await settle();
  // The second waits for the first.
  expect(world.committed).toEqual([]);
  first.resolve();
  await settle();
  expect(world.committed).toEqual([[1, 2]]);
  const third = world.begin(3);
  await settle();
  third.resolve();
  world.commit.resolve();
  await settle();
  world.commit.resolve();
  await world.ranges.settled();
  expect(world.committed).toEqual([[1, 2], [3]]);
  // It begins anew when all had ended.
  world.begin(4).resolve();
  await settle();
  expect(world.committed.at(-1)).toEqual([4]);
});

test('there is room for so many, and for more once one is committed', async () => {
  const world = new World();
  const appends = [1, 2, 3].map((number) => world.begin(number));
  let hasRoom = false;
  const room = world.ranges.room().then(() => (hasRoom = true));
  appends[0]?.resolve();
  await settle();
  expect(hasRoom).toBe(false);
  world.commit.resolve();
  await room;
  expect(world.committed).toEqual([[1]]);
});

test('what has erased something is committed with all there is, and none is begun meanwhile', async () => {
  const world = new World();
  const [first, second] = [world.begin(1, true), world.begin(2)];
  first.resolve();
  await settle();
  expect(world.committed).toEqual([]);
  let hasRoom = false;
  const room = world.ranges.room().then(() => (hasRoom = true));
  second.resolve();
  await settle();
  expect(world.committed).toEqual([[1, 2]]);
  expect(hasRoom).toBe(false);
  world.commit.resolve();
  await room;
});

test('what a range or a commit throws ends them all, once the others have ended', async () => {
  const refused = new Error('refused');
  for (const isCommit of [false, true]) {
    const world = new World();
    const [first, second] = [world.begin(1), world.begin(2)];
    const room = world.ranges.room().catch((error: unknown) => error);
    if (isCommit) {
      first.resolve();
      await settle();
      world.commit.reject(refused);
    } else first.reject(refused);
    await settle();
    expect(world.failures).toEqual([refused]);
    await expect(world.ranges.room()).rejects.toBe(refused);
    await expect(world.ranges.settled()).rejects.toBe(refused);
    let isOver = false;
    const over = world.ranges.over().then(() => (isOver = true));
    await settle();
    expect(isOver).toBe(false);
    second.resolve();
    await over;
    await room;
    expect(world.committed).toEqual(isCommit ? [[1]] : []);
  }
});
