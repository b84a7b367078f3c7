import type { EventLog, LogBatch, LogReader } from '@passport/event-log';
import { type BlockPart, encodeRecord, VIEW_DEFINITIONS } from '@passport/model';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { describe, expect, test, vi } from 'vitest';

import { type ConsumerOptions, SpeedConsumer } from './consumer.ts';
import { SpeedReader } from './reader/speed-reader.ts';
import { SpeedStore } from './store/speed-store.ts';
import {
  cut,
  EPOCH_BLOCKS,
  LEDGER,
  naiveSums,
  packed,
  partsOf,
  plainParts,
  randomBlock,
  sumsOf,
} from './testing/records.ts';
import { SpeedFixture, START_MS } from './testing/speed-fixture.ts';

/** A version of the views' definitions that nobody has made. */
const OTHER_DEFINITIONS = VIEW_DEFINITIONS + 98;

/** Turns of the event loop after which a store that has nothing to do has had its time. */
const TURNS_MAX = 20_000;

/** Longer than those take. */
const LONG_MS = 3_000;

const WAIT = { timeout: 20_000, interval: 5 };

const fixture = new SpeedFixture();

/** What a consumer may have open, and for how long. */
type Limits = Pick<ConsumerOptions, 'sumFactsMax' | 'sumCellsMax' | 'moreMsMax'>;

/** A consumer of all partitions of a log, in this process. */
class Running {
  readonly redis: Redis;
  readonly reader: SpeedReader;
  readonly consumer: SpeedConsumer;
  readonly ended: Promise<unknown>;
  /** Facts that were applied, those that came again after a loss as well. */
  facts = 0;
  /** The blocks that the store came to. */
  readonly applied: number[] = [];
  readonly #partitions: number;

  constructor(log: EventLog, name: string, limits: Limits = {}) {
    this.redis = fixture.redis();
    this.#partitions = log.partitions;
    this.reader = new SpeedReader(this.redis, name);
    this.consumer = new SpeedConsumer({
      ...{ log, store: new SpeedStore(this.redis, name), logger: fixture.logger },
      ...limits,
      onApplied: ({ facts, position }) => {
        this.facts += facts;
        this.applied.push(position.block);
      },
    });
    this.ended = this.consumer.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    fixture.onEnd(() => this.consumer.close());
  }

  async start(): Promise<this> {
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      await this.consumer.assign(partition);
    }
    return this;
  }

  async reached(): Promise<number[]> {
    const positions = await this.reader.positions(this.#partitions);
    return positions.map((position) => position?.block ?? -1);
  }

  /** Waits until all partitions are at a block. */
  async at(block: number): Promise<void> {
    const all = Array.from({ length: this.#partitions }, () => block);
    await vi.waitUntil(async () => String(await this.reached()) === String(all), WAIT);
  }
}

function records(parts: readonly BlockPart[], isCut: (block: number) => boolean) {
  return cut(parts, isCut).map((blocks) => ({ partition: 0, value: packed(blocks) }));
}

async function expectExact(reader: SpeedReader, parts: readonly BlockPart[], partition = 0) {
  const state = await reader.state(partition, 0);
  expect(state?.position).toMatchObject({ block: parts.length - 1, since: 0 });
  expect(state && sumsOf(state, 0)).toEqual(naiveSums(parts));
}

describe('a consumer', { timeout: START_MS }, () => {
  test('has the naive sums, whatever is repeated, overlaps, or comes in other ranges', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomBlock, { minLength: 2, maxLength: 14 }),
        fc.array(fc.record({ back: fc.nat(13), isCut: fc.func(fc.boolean()) }), { maxLength: 3 }),
        fc.func(fc.boolean()),
        async (random, replays, isCut) => {
          const parts = partsOf(random);
          const half = Math.ceil(parts.length / 2);
          const log = await fixture.log(1);
          await log.append(records(parts.slice(0, half), isCut));
          for (const { back, isCut: other } of replays) {
            // From some block that is there on, to blocks that are not.
            const from = Math.min(back, half - 1);
            await log.append(records(parts.slice(from, half + 1), other));
          }
          await log.append(records(parts.slice(Math.max(0, half - 2)), isCut));
          const name = fixture.name();
          const running = await new Running(log, name, { sumFactsMax: 3 }).start();
          await running.at(parts.length - 1);
          await expectExact(running.reader, parts);
          const all = parts.reduce((sum, { facts }) => sum + facts.length, 0);
          expect(running.facts).toBe(all);
          // Somebody else goes on from there, and has nothing to add.
          const again = await new Running(log, name).start();
          await log.append(records(parts, isCut));
          await running.consumer.close();
          await again.consumer.close();
          expect(again.facts).toBe(0);
          await expectExact(again.reader, parts);
        },
      ),
      { numRuns: 25 },
    );
  });

  const parts = plainParts(8);
  test.each([
    ['LOG_GAP', 'blocks 2 to 2 are missing', packed(parts.slice(3, 4))],
    ['LOG_FOREIGN', 'after one of', packed(parts.slice(2, 3), { ledger: 'fabric:9' })],
    ['LOG_FOREIGN', 'a record of partition 1', packed(parts.slice(2, 3), { partition: 1 })],
    ['LOG_FOREIGN', `by definitions ${OTHER_DEFINITIONS}`, definedOtherwise(parts.slice(2, 3))],
    ['LOG_UNREADABLE', 'no record of a known schema', Buffer.from('nonsense')],
    ['LOG_UNREADABLE', 'the digest of blocks 2 to 2', spoiled(packed(parts.slice(2, 3)))],
    ['LOG_UNREADABLE', 'partition 0', packed(parts.slice(2, 3)).subarray(0, 60)],
  ])('halts with %s (%s), and keeps what it has', async (code, why, value) => {
    const log = await fixture.log(1);
    await log.append([{ partition: 0, value: packed(parts.slice(0, 2)) }]);
    const running = await new Running(log, fixture.name()).start();
    await running.at(1);
    await log.append([{ partition: 0, value }]);
    const error = await running.ended;
    expect(error).toMatchObject({ code, partition: 0, retry: 'never' });
    expect(String(error)).toContain(why);
    await expectExact(running.reader, parts.slice(0, 2));
  });

  test('adds up what waits in the log, so that an epoch goes to the store once, and the last at once', async () => {
    const all = plainParts(4 * EPOCH_BLOCKS + 1);
    const values = cut(all, () => true).map((blocks) => packed(blocks));
    const running = await new Running(readyLog(1, allThere(values)), fixture.name()).start();
    await running.at(all.length - 1);
    await expectExact(running.reader, all);
    const lasts = [1, 2, 3, 4].map((epochs) => epochs * EPOCH_BLOCKS - 1);
    expect(running.applied).toEqual([...lasts, all.length - 1]);
  });

  test('brings a partition that is read to its end to the store while others are read', async () => {
    const all = plainParts(1);
    const values = [0, 1].map((partition) => packed(all, { partition, partitions: 2 }));
    let turns = 0;
    async function* batches() {
      yield batchOf(0, values[0], true);
      // There is always more, which changes nothing.
      for (; turns < TURNS_MAX && running.applied.length === 0; turns += 1) {
        yield batchOf(1, values[1], false);
      }
    }
    const running = new Running(readyLog(2, batches), fixture.name());
    await running.start();
    await running.at(0);
    expect(turns).toBeLessThan(TURNS_MAX);
    for (const partition of [0, 1]) await expectExact(running.reader, all, partition);
  });

  test('waits with what there is of a partition for what is on its way, and not for ever', async () => {
    const all = plainParts(EPOCH_BLOCKS);
    const values = cut(all, () => true).map((blocks) => packed(blocks));
    async function* batches() {
      yield batchOf(0, values[0], false, 0);
      // There is nothing for the consumer to do, and nothing for the store.
      for (let turn = 0; turn < TURNS_MAX; turn += 1) await new Promise((go) => setImmediate(go));
      for (const [at, value] of values.slice(1).entries()) yield batchOf(0, value, false, at + 1);
    }
    const applied = async (moreMsMax: number): Promise<number[]> => {
      const running = new Running(readyLog(1, batches), fixture.name(), { moreMsMax });
      await running.start();
      await running.at(all.length - 1);
      await expectExact(running.reader, all);
      return running.applied;
    };
    expect(await applied(LONG_MS)).toEqual([all.length - 1]);
    expect(await applied(0)).toEqual([0, all.length - 1]);
  });

  test.each([
    ['facts', { sumFactsMax: 8 }, [1, 3]],
    // A block has four facts in two cells: the second goes as the first one's cells are many, or with it.
    ['cells', { sumCellsMax: 2 }, [0, 1, 2, 3]],
  ])('sends what it has to the store when %s are many', async (_, limits, lasts) => {
    const all = plainParts(EPOCH_BLOCKS);
    const values = cut(all, () => true).map((blocks) => packed(blocks));
    const running = await new Running(
      readyLog(1, allThere(values)),
      fixture.name(),
      limits,
    ).start();
    await running.at(all.length - 1);
    await expectExact(running.reader, all);
    expect(running.applied).toEqual(lasts);
  });

  test('makes all of a store again that is flushed on the way, again and again', async () => {
    const log = await fixture.log(3);
    const name = fixture.name();
    const all = plainParts(200);
    const running = await new Running(log, name, { sumFactsMax: 20 }).start();
    const flusher = fixture.redis();
    let flushed = 0;
    for (const [index, blocks] of cut(all, () => true).entries()) {
      await log.append(
        [0, 1, 2].map((partition) => ({ partition, value: packed(blocks, { partition }) })),
      );
      if (index % 9 !== 8) continue;
      // Every other time when there is something for sure, else at any moment.
      if (index % 18 === 17)
        await vi.waitUntil(async () => ((await running.reached())[0] ?? -1) >= 0, WAIT);
      const [reached = -1] = await running.reached();
      if (reached >= 0) flushed += 1;
      await flusher.flushall();
    }
    await running.at(199);
    expect(flushed).toBeGreaterThan(10);
    expect(fixture.said.join('')).toContain('speed.position_moved');
    for (const partition of [0, 1, 2]) await expectExact(running.reader, all, partition);
  });

  test('gives a partition up, and takes it over again, while it is working on it', async () => {
    const log = await fixture.log(2);
    const all = plainParts(120);
    const running = await new Running(log, fixture.name(), { sumFactsMax: 1 }).start();
    for (const blocks of cut(all, () => true)) {
      await log.append(
        [0, 1].map((partition) => ({ partition, value: packed(blocks, { partition }) })),
      );
    }
    for (let turn = 0; turn < 40; turn += 1) {
      running.consumer.revoke(0);
      expect(running.consumer.partitions).toEqual([1]);
      await new Promise((done) => setTimeout(done, turn % 3));
      expect(running.consumer.partitions).toEqual([1]);
      await running.consumer.assign(0);
    }
    await running.at(119);
    for (const partition of [0, 1]) await expectExact(running.reader, all, partition);
  });
});

/** Batches of one partition that are all there, each of one record. */
function allThere(values: readonly Uint8Array[]): () => AsyncGenerator<LogBatch> {
  return async function* batches() {
    for (const [at, value] of values.entries()) yield batchOf(0, value, false, at);
  };
}

function batchOf(
  partition: number,
  value: Uint8Array = new Uint8Array(0),
  isAtEnd = false,
  position = 0,
): LogBatch {
  return { partition, records: [{ partition, position: String(position), value }], isAtEnd };
}

/** A log whose batches come once all its partitions are assigned; behind them nothing comes. */
function readyLog(partitions: number, batches: () => AsyncGenerator<LogBatch>): EventLog {
  const assigned = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let missing = partitions;
  async function* waiting() {
    await assigned.promise;
    yield* batches();
    await closed.promise;
  }
  const reader: LogReader = {
    [Symbol.asyncIterator]: waiting,
    assign: () => {
      missing -= 1;
      if (missing === 0) assigned.resolve();
    },
    revoke: () => {},
    close: async () => closed.resolve(),
    rebuilds: 0,
  };
  const isNotUsed = (): never => {
    throw new Error('a consumer only reads');
  };
  return {
    ...{ partitions, openReader: () => reader, append: isNotUsed, last: isNotUsed },
    ...{ trim: isNotUsed, purge: isNotUsed, lag: isNotUsed, close: isNotUsed },
  };
}

function definedOtherwise(blocks: readonly BlockPart[]): Buffer {
  const known = { ledger: LEDGER, partition: 0, partitions: 1, epochBlocks: EPOCH_BLOCKS };
  return encodeRecord({ ...known, definitions: OTHER_DEFINITIONS, blocks });
}

/** A byte of the lines is another one: they come last. */
function spoiled(record: Buffer): Buffer {
  const copy = Buffer.from(record);
  const last = copy.length - 5;
  copy[last] = (copy[last] ?? 0) ^ 1;
  return copy;
}
