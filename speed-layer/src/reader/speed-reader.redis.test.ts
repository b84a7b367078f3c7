import type { BlockPart } from '@passport/model';
import { describe, expect, test } from 'vitest';

import { RangeSum } from '../store/range.ts';
import { SpeedStore } from '../store/speed-store.ts';
import {
  envelope,
  EPOCH_BLOCKS,
  LEDGER,
  naiveSums,
  plainParts,
  sumsOf,
  vids,
} from '../testing/records.ts';
import { SpeedFixture, START_MS } from '../testing/speed-fixture.ts';
import { type Delta, SpeedReader } from './speed-reader.ts';

const fixture = new SpeedFixture();
const [vid] = vids;
if (vid === undefined) throw new Error('no vid');

/** Applies a record; of the blocks up to `expected` the store has it already. */
async function put(
  store: SpeedStore,
  parts: readonly BlockPart[],
  {
    first,
    last,
    expected = first - 1,
    since = 0,
  }: {
    first: number;
    last: number;
    expected?: number;
    since?: number;
  },
): Promise<void> {
  const sum = new RangeSum(Math.floor(last / EPOCH_BLOCKS));
  sum.add(envelope(parts, first, last), expected);
  const isApplied = await store.apply(0, expected, sum, {
    ...{ ledger: LEDGER, since, block: last, hash: 'h', ledgerTimeMs: 1 },
    ...{ epochBlocks: EPOCH_BLOCKS, definitions: 1, logPosition: '1' },
  });
  if (!isApplied) throw new Error(`the store is not at ${expected}`);
}

/** The blocks that deltas have, each once. */
function blocksOf(deltas: readonly Delta[] | undefined): number[] | undefined {
  const numbers = deltas?.flatMap(({ facts }) => facts.blocks.map(({ number }) => number));
  return numbers && [...new Set(numbers)].sort((a, b) => a - b);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

describe('a reader', { timeout: START_MS }, () => {
  test('sees nothing where there is nothing', async () => {
    const reader = new SpeedReader(fixture.redis(), fixture.name());
    expect(await reader.positions(2)).toEqual([undefined, undefined]);
    expect(await reader.state(0, 0)).toBeUndefined();
    expect(await reader.deltas(0, -1, 0, EPOCH_BLOCKS)).toBeUndefined();
    expect(await reader.book(0, vid, 0)).toEqual({ position: undefined, rows: [] });
  });

  test('has deltas whole, or not at all', async () => {
    const name = fixture.name();
    const redis = fixture.redis();
    const store = new SpeedStore(redis, name);
    const reader = new SpeedReader(redis, name);
    const parts = plainParts(12);
    for (const [first, last] of [
      [0, 1],
      [2, 3],
      [4, 6],
      [7, 7],
      [8, 10],
    ] as const) {
      await put(store, parts, { first, last });
    }
    for (let after = -1; after < 10; after += 1) {
      for (let upTo = after; upTo <= 10; upTo += 1) {
        const deltas = blocksOf(await reader.deltas(0, after, upTo, EPOCH_BLOCKS));
        expect(deltas).toEqual(expect.arrayContaining(range(after + 1, upTo)));
      }
      expect(await reader.deltas(0, after, 11, EPOCH_BLOCKS)).toBeUndefined();
    }
    await redis.hdel(`passport:{${name}:0}:3:deltas:1`, '4');
    expect(await reader.deltas(0, 1, 7, EPOCH_BLOCKS)).toBeUndefined();
    expect(blocksOf(await reader.deltas(0, 6, 7, EPOCH_BLOCKS))).toEqual([7]);
    // What is not whole is no state, however often one looks.
    expect(await reader.state(0, 0)).toBeUndefined();
    const rest = await reader.state(0, 2);
    expect(rest && sumsOf(rest, 8)).toEqual(naiveSums(parts.slice(8, 11)));
  });

  test('finds blocks in records that overlap, after a replay', async () => {
    const name = fixture.name();
    const redis = fixture.redis();
    const store = new SpeedStore(redis, name);
    const reader = new SpeedReader(redis, name);
    const parts = plainParts(16);
    await put(store, parts, { first: 8, last: 8, since: 8, expected: -1 });
    await put(store, parts, { first: 9, last: 9, since: 8 });
    await put(store, parts, { first: 10, last: 10, since: 8 });
    // The replay has other ranges: this one begins before the others and ends behind them.
    await put(store, parts, { first: 8, last: 11, expected: 10, since: 8 });
    for (const after of [7, 8, 9, 10]) {
      const deltas = blocksOf(await reader.deltas(0, after, 11, EPOCH_BLOCKS));
      expect(deltas).toEqual(expect.arrayContaining(range(after + 1, 11)));
    }
    const state = await reader.state(0, 0);
    expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts.slice(8, 12)));
    const rows = parts.slice(8, 12).flatMap((part) => part.rows);
    for (const each of vids) {
      expect((await reader.book(0, each, 0)).rows).toEqual(rows.filter((row) => row.vid === each));
    }
  });

  test('has lines of one moment, with the position of that moment', async () => {
    const name = fixture.name();
    const store = new SpeedStore(fixture.redis(), name);
    const reader = new SpeedReader(fixture.redis(), name);
    const parts = plainParts(80);
    const rows = parts.flatMap((part) => part.rows).filter((row) => row.vid === vid);
    const over = new AbortController();
    const writing = (async () => {
      for (let block = 0; block < 80; block += 1)
        await put(store, parts, { first: block, last: block });
      over.abort();
    })();
    const seen = new Set<number>();
    while (!over.signal.aborted) {
      const { position, rows: read } = await reader.book(0, vid, 0);
      const block = position?.block ?? -1;
      seen.add(block);
      expect(read).toEqual(rows.filter((row) => row.block <= block));
    }
    await writing;
    expect(seen.size).toBeGreaterThan(5);
  });

  test('has a state of one moment while a writer goes on, and while epochs are dropped', async () => {
    const name = fixture.name();
    const store = new SpeedStore(fixture.redis(), name);
    const dropper = new SpeedStore(fixture.redis(), name);
    const reader = new SpeedReader(fixture.redis(), name);
    const parts = plainParts(160);
    let from = 0;
    const over = new AbortController();
    const writing = (async () => {
      for (let block = 0; block < 160; block += 1) {
        await put(store, parts, { first: block, last: block });
        if (block % 20 !== 19) continue;
        from = Math.floor(block / EPOCH_BLOCKS) - 2;
        await dropper.dropEpochsBefore(0, from);
      }
      over.abort();
    })();
    const seen = new Set<number>();
    let gone = 0;
    while (!over.signal.aborted) {
      // A reader that knows an older watermark must not get less than it asked for.
      const asked = from;
      const state = await reader.state(0, asked);
      if (state === undefined) gone += 1;
      else {
        seen.add(state.position.block);
        const first = asked * EPOCH_BLOCKS;
        expect(sumsOf(state, first)).toEqual(
          naiveSums(parts.slice(first, state.position.block + 1)),
        );
      }
    }
    await writing;
    expect(seen.size).toBeGreaterThan(10);
    expect(gone).toBeLessThan(seen.size);
    // Asked from an epoch that was dropped, it answers nothing, and does not look for ever.
    expect(await reader.state(0, 0)).toBeUndefined();
  });
});
