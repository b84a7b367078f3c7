import { type BlockPart, cellName } from '@passport/model';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { unpack } from 'msgpackr';
import { describe, expect, test } from 'vitest';

import { SpeedReader } from '../reader/speed-reader.ts';
import {
  cut,
  envelope,
  EPOCH_BLOCKS,
  LEDGER,
  naiveSums,
  partsOf,
  plainParts,
  randomBlock,
  sumsOf,
  vids,
} from '../testing/records.ts';
import { SpeedFixture, START_MS } from '../testing/speed-fixture.ts';
import type { Position } from './position.ts';
import { RangeSum } from './range.ts';
import { SpeedStore } from './speed-store.ts';

const fixture = new SpeedFixture();

function positionAt(block: number, since = 0): Position {
  return {
    ...{ ledger: LEDGER, since, block, hash: 'h', ledgerTimeMs: 1_000 + block },
    ...{ epochBlocks: EPOCH_BLOCKS, definitions: 1, logPosition: String(block + 1) },
  };
}

/** Applies blocks `first` to `last`, all of one epoch, where the store is to be at `expected`. */
async function apply(
  store: SpeedStore,
  parts: readonly BlockPart[],
  { first, last, expected = first - 1 }: { first: number; last: number; expected?: number },
): Promise<boolean> {
  const sum = new RangeSum(Math.floor(last / EPOCH_BLOCKS));
  sum.add(envelope(parts, first, last), expected);
  return store.apply(0, expected, sum, positionAt(last));
}

async function everything(redis: Redis, name: string): Promise<unknown> {
  const keys = (await redis.keys(`passport:{${name}:*`)).sort();
  const values = await Promise.all(
    keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('hex')),
  );
  return keys.map((key, index) => [key, values[index]]);
}

describe('the store', { timeout: START_MS }, () => {
  test('changes nothing when it stands elsewhere', async () => {
    const redis = fixture.redis();
    const name = fixture.name();
    const store = new SpeedStore(redis, name);
    const parts = plainParts(8);
    expect(await store.position(0)).toBeUndefined();
    expect(await apply(store, parts, { first: 0, last: 2 })).toBe(true);
    const before = await everything(redis, name);
    for (const expected of [-1, 0, 1, 3, 22]) {
      expect(await apply(store, parts, { first: 3, last: 3, expected })).toBe(false);
    }
    expect(await everything(redis, name)).toEqual(before);
    expect(await store.position(0)).toEqual(positionAt(2));
    expect(await apply(store, parts, { first: 3, last: 3 })).toBe(true);
    expect(await store.position(0)).toEqual(positionAt(3));
  });

  test('lets one of several that apply the same range do it', async () => {
    const name = fixture.name();
    const stores = [1, 2, 3, 4].map(() => new SpeedStore(fixture.redis(), name));
    const parts = plainParts(12);
    for (const [first, last] of [
      [0, 1],
      [2, 3],
      [4, 7],
      [8, 11],
    ] as const) {
      const done = await Promise.all(stores.map((store) => apply(store, parts, { first, last })));
      expect(done.filter((each) => each)).toHaveLength(1);
    }
    const state = await new SpeedReader(fixture.redis(), name).state(0, 0);
    expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts));
  });

  test('has the naive sums of any records, from any epoch on', async () => {
    const redis = fixture.redis();
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomBlock, { minLength: 1, maxLength: 14 }),
        fc.func(fc.boolean()),
        async (random, isCut) => {
          const name = fixture.name();
          const store = new SpeedStore(redis, name);
          const parts = partsOf(random);
          for (const record of cut(parts, isCut)) {
            const [first = 0, last = 0] = [record[0]?.number, record.at(-1)?.number];
            expect(await apply(store, parts, { first, last })).toBe(true);
          }
          const reader = new SpeedReader(redis, name);
          for (let from = 0; from <= (parts.length - 1) / EPOCH_BLOCKS; from += 1) {
            const state = await reader.state(0, from);
            const kept = parts.slice(from * EPOCH_BLOCKS);
            expect(state?.position).toEqual(positionAt(parts.length - 1));
            expect(state && sumsOf(state, from * EPOCH_BLOCKS)).toEqual(naiveSums(kept));
            const book = await reader.book(0, vids[1] ?? never(), from);
            const rows = kept.flatMap((part) => part.rows);
            expect(book.rows).toEqual(rows.filter(({ vid }) => vid === vids[1]));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('adds the largest facts up exactly, and forgets all of it', async () => {
    const redis = fixture.redis();
    const name = fixture.name();
    const store = new SpeedStore(redis, name);
    // What one record takes at most; as numbers of 32 bits they would be others.
    const largest = 2 ** 52 - 1;
    const deltas = [largest, largest, -(2 ** 31), 2 ** 31, 2 ** 32 + 1, -largest, 1, -(2 ** 33)];
    const cell = cellName('usage', ['2026-01-01']);
    const parts = partsOf(
      deltas.map((delta) => ({ facts: [{ cell, key: 'trips', delta }], lines: [] })),
    );
    let sum = 0;
    const cells = `passport:{${name}:0}:3:cells`;
    for (const [block, delta] of deltas.entries()) {
      expect(await apply(store, parts, { first: block, last: block })).toBe(true);
      sum = block % EPOCH_BLOCKS === 0 ? delta : sum + delta;
      const hash = `${cells}:${Math.floor(block / EPOCH_BLOCKS)}:usage`;
      const row = await redis.hgetBuffer(hash, cell);
      const sums = row && (unpack(row) as readonly unknown[]);
      expect(sums?.map(Number)).toEqual([sum]);
    }
    expect(await store.reset(0, 'elsewhere')).toBe(false);
    expect(await store.epochs(0)).toEqual([0, 1]);
    expect(await store.reset(0, String(deltas.length))).toBe(true);
    expect(await everything(redis, name)).toEqual([]);
  });

  test('refuses a sum that is not exact any more, and changes nothing', async () => {
    const redis = fixture.redis();
    const name = fixture.name();
    const store = new SpeedStore(redis, name);
    const cell = cellName('usage', ['2026-01-01']);
    const parts = partsOf(
      [2 ** 52 - 1, 2 ** 52 - 1, 2].map((delta) => ({
        facts: [{ cell, key: 'trips', delta }],
        lines: [vids[0] ?? never()],
      })),
    );
    expect(await apply(store, parts, { first: 0, last: 0 })).toBe(true);
    expect(await apply(store, parts, { first: 1, last: 1 })).toBe(true);
    const before = await everything(redis, name);
    await expect(apply(store, parts, { first: 2, last: 2 })).rejects.toThrow('is too large');
    expect(await everything(redis, name)).toEqual(before);
  });

  test('adds to more cells than one command takes, and measures that come later', async () => {
    const name = fixture.name();
    const store = new SpeedStore(fixture.redis(), name);
    const factsOf = (key: string, every: number) =>
      Array.from({ length: 2_100 }, (_, number) => ({
        ...{ cell: cellName('usage', [String(number)]), key, delta: number + 1 },
      })).filter((_, number) => number % every === 0);
    const parts = partsOf([
      { facts: factsOf('trips', 2), lines: [] },
      { facts: [...factsOf('distanceM', 3), ...factsOf('trips', 1)], lines: [] },
      { facts: factsOf('distanceM', 1), lines: [] },
    ]);
    for (const block of parts.keys()) {
      expect(await apply(store, parts, { first: block, last: block })).toBe(true);
    }
    const state = await new SpeedReader(fixture.redis(), name).state(0, 0);
    expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts));
  });

  test('drops epochs whole, and again what was dropped in part', async () => {
    const redis = fixture.redis();
    const name = fixture.name();
    const store = new SpeedStore(redis, name);
    const parts = plainParts(3 * EPOCH_BLOCKS);
    for (let epoch = 0; epoch < 3; epoch += 1) {
      await apply(store, parts, { first: epoch * 4, last: epoch * 4 + 3 });
    }
    const before = await redis.keys(`passport:{${name}:*`);
    // As after a crash in the middle of a drop: some keys are gone, the epoch is still listed.
    await redis.unlink(`passport:{${name}:0}:3:deltas:0`, `passport:{${name}:0}:3:vids:0`);
    await store.dropEpochsBefore(0, 2);
    await store.dropEpochsBefore(0, 2);
    expect(await store.epochs(0)).toEqual([2]);
    const kept = before
      .filter((key) => /:(position|epochs|tables)$|:[a-z]+:2(:|$)/.test(key))
      .sort();
    expect((await redis.keys(`passport:{${name}:*`)).sort()).toEqual(kept);
    const state = await new SpeedReader(redis, name).state(0, 2);
    expect(state && sumsOf(state, 8)).toEqual(naiveSums(parts.slice(8)));
  });
});

function never(): never {
  throw new Error('no vid');
}
