import type { EventLog, LogBatch, LogReader, LogRecord, ReadFrom } from '@passport/event-log';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LogTurns } from './log-turns.ts';

const RECORD_BYTES_MAX = 20;
const BATCH_RECORDS_MAX = 3;

/** Sizes of the records of each partition. */
const logs = fc.array(
  fc.array(fc.integer({ min: 1, max: RECORD_BYTES_MAX }), { minLength: 4, maxLength: 20 }),
  { minLength: 1, maxLength: 4 },
);

/** A log in memory, whose reader delivers of any partition that it is to read, as `choices` have it. */
class MemoryLog {
  /** Bytes that were delivered. */
  delivered = 0;
  opened = 0;
  readonly #sizes: readonly (readonly number[])[];
  readonly #next = new Map<number, number>();
  readonly #choices: Iterator<number>;
  #isClosed = false;

  constructor(sizes: readonly (readonly number[])[], choices: readonly number[]) {
    this.#sizes = sizes;
    this.#choices = endless(choices);
  }

  get log(): EventLog {
    return { partitions: this.#sizes.length, openReader: (from) => this.#open(from) } as EventLog;
  }

  recordsOf(partition: number): LogRecord[] {
    const sizes = this.#sizes[partition] ?? [];
    return sizes.map((size, at) => ({
      ...{ partition, position: String(at) },
      value: new Uint8Array(size).fill(at),
    }));
  }

  #open(from: ReadonlyMap<number, ReadFrom>): LogReader {
    this.opened += 1;
    const assign = (partition: number, place: ReadFrom): void =>
      void this.#next.set(partition, place === 'earliest' ? 0 : Number(place) + 1);
    for (const [partition, place] of from) assign(partition, place);
    return {
      assign,
      revoke: (partition) => void this.#next.delete(partition),
      rebuilds: 0,
      close: async () => {
        this.#isClosed = true;
      },
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          const value = this.#isClosed ? undefined : this.#batch();
          return value === undefined ? { done: true, value } : { done: false, value };
        },
      }),
    };
  }

  #batch(): LogBatch | undefined {
    const readable = [...this.#next].filter(
      ([partition, at]) => at < this.recordsOf(partition).length,
    );
    const [partition, at] = readable[this.#choose() % readable.length] ?? [];
    if (partition === undefined || at === undefined) return undefined;
    const count = 1 + (this.#choose() % BATCH_RECORDS_MAX);
    const records = this.recordsOf(partition).slice(at, at + count);
    this.#next.set(partition, at + records.length);
    this.delivered += bytesOf(records);
    return { partition, records, isAtEnd: false };
  }

  #choose(): number {
    return this.#choices.next().value as number;
  }
}

function* endless(choices: readonly number[]): Generator<number> {
  for (let at = 0; ; at += 1) yield choices[at % choices.length] ?? 0;
}

function bytesOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, { value }) => sum + value.length, 0);
}

async function takeSome(
  turns: LogTurns,
  partition: number,
  from: ReadFrom,
  count: number,
): Promise<LogRecord[]> {
  const taken: LogRecord[] = [];
  for await (const record of turns.records(partition, from)) {
    taken.push(record);
    if (taken.length === count) break;
  }
  return taken;
}

describe('the turns of a log', () => {
  test('have each record once and in order, however it is fetched, and little of it waits', async () => {
    const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 50 });
    const counts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(logs, choices, counts, fc.nat(100), async (sizes, chosen, each, max) => {
        const memory = new MemoryLog(sizes, chosen);
        const partitions = sizes.map((_, partition) => partition);
        const places: ReadFrom[] = partitions.map(() => 'earliest');
        const turns = new LogTurns(memory.log, places, max);
        const taken: LogRecord[][] = partitions.map(() => []);
        let used = 0;
        for (const count of each) {
          for (const partition of partitions) {
            const before = taken[partition]?.length ?? 0;
            const left = (sizes[partition]?.length ?? 0) - before;
            if (left === 0) continue;
            const wanted = Math.min(count, left);
            const some = await takeSome(turns, partition, places[partition] ?? '', wanted);
            places[partition] = some.at(-1)?.position ?? '';
            taken[partition]?.push(...some);
            used += bytesOf(some);
            const batch = BATCH_RECORDS_MAX * RECORD_BYTES_MAX;
            expect(memory.delivered - used).toBeLessThanOrEqual(max + partitions.length * batch);
          }
        }
        for (const partition of partitions) {
          const own = taken[partition] ?? [];
          expect(own).toEqual(memory.recordsOf(partition).slice(0, own.length));
        }
        expect(memory.opened).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  test('go on elsewhere, when that is asked for', async () => {
    const memory = new MemoryLog([[1, 1, 1, 1, 1]], [2]);
    const turns = new LogTurns(memory.log, ['earliest']);
    expect((await takeSome(turns, 0, 'earliest', 1)).map(({ position }) => position)).toEqual([
      '0',
    ]);
    expect((await takeSome(turns, 0, '3', 1)).map(({ position }) => position)).toEqual(['4']);
    expect((await takeSome(turns, 0, '1', 1)).map(({ position }) => position)).toEqual(['2']);
  });

  test('end when they are closed', async () => {
    const memory = new MemoryLog([[1, 1]], [0]);
    const turns = new LogTurns(memory.log, ['earliest']);
    await turns.close();
    expect(await takeSome(turns, 0, 'earliest', 1)).toEqual([]);
  });
});
