import type { Redis } from 'ioredis';

import type { LogBatch, LogReader, ReadFrom } from '../event-log.ts';
import { LogPositionUnknown, LogTrimmed } from '../log-error.ts';
import { BatchQueue } from '../shared/batch-queue.ts';
import { checkPartition } from '../shared/check-records.ts';
import type { LogLimits } from '../shared/log-limits.ts';
import { persist } from '../shared/persist.ts';
import { nextAfter } from '../shared/position.ts';
import { isRedisOutage } from './redis-connection.ts';
import { readStreams, type StreamRead, waitForRecords } from './read-streams.ts';
import { streamKey } from './stream-keys.ts';

/** What {@link RedisReader} needs. */
export type RedisReaderOptions = {
  readonly name: string;
  readonly partitions: number;
  readonly limits: LogLimits;
  /** A connection of its own, since it waits on it; closed with the reader. */
  readonly redis: Redis;
  readonly onClose: () => void;
};

/** How long a wait for new records may be: a partition that is assigned meanwhile waits with it. */
const WAIT_MS = 300;

/** Where reading of a partition is; replaced as a whole when the partition is assigned anew. */
type Place = { next: bigint | undefined };

/** Reads streams in turns: some bytes of each, or a wait until there are some. */
export class RedisReader implements LogReader {
  readonly #options: RedisReaderOptions;
  readonly #places = new Map<number, Place>();
  readonly #queue: BatchQueue;
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  #wake: (() => void) | undefined;
  #rebuilds = 0;
  #state: 'new' | 'reading' | 'away' = 'new';

  constructor(options: RedisReaderOptions, from: ReadonlyMap<number, ReadFrom>) {
    this.#options = options;
    this.#queue = new BatchQueue({
      bytesMax: options.limits.readAheadBytesMax,
      onRoom: () => this.#wake?.(),
    });
    for (const [partition, position] of from) this.assign(partition, position);
    this.#reading = this.#readForEver().catch((error: unknown) => this.#queue.fail(error));
  }

  get rebuilds(): number {
    return this.#rebuilds;
  }

  assign(partition: number, from: ReadFrom): void {
    checkPartition(partition, this.#options.partitions);
    this.#queue.drop(partition);
    this.#places.set(partition, { next: nextAfter(from) });
    this.#wake?.();
  }

  revoke(partition: number): void {
    this.#places.delete(partition);
    this.#queue.drop(partition);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#queue.close();
    this.#wake?.();
    this.#options.redis.disconnect();
    await this.#reading;
    this.#options.onClose();
  }

  [Symbol.asyncIterator](): AsyncIterator<LogBatch> {
    return {
      next: async () => {
        const value = await this.#queue.next();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  }

  async #readForEver(): Promise<void> {
    const { name, limits } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      if (this.#places.size === 0 || !this.#queue.hasRoom) {
        await this.#waitUntilWoken();
        continue;
      }
      try {
        await persist(() => this.#readSome(), {
          what: `read log ${name}`,
          outageMsMax: limits.outageMsMax,
          isOutage: (error) => this.#noteOutage(error),
          signal,
        });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #readSome(): Promise<void> {
    const { name, redis, limits } = this.#options;
    const places = [...this.#places];
    const streams = places.map(([partition, { next }]) => ({
      key: streamKey(name, partition),
      next,
    }));
    const bytesMax = Math.max(1, Math.floor(limits.fetchBytesMax / streams.length));
    const reads = await readStreams(redis, streams, bytesMax);
    if (this.#state === 'away') this.#rebuilds += 1;
    this.#state = 'reading';
    let count = 0;
    for (const [index, [partition, place]] of places.entries()) {
      const read = reads[index];
      // What was asked for a place that has been given up meanwhile is for nobody.
      if (read === undefined || this.#places.get(partition) !== place) continue;
      this.#deliver(partition, place, read);
      count += read.records.length;
    }
    if (count === 0) await waitForRecords(redis, streams, WAIT_MS);
  }

  #deliver(partition: number, place: Place, { last, records }: StreamRead): void {
    const { next } = place;
    if (next !== undefined) {
      const position = String(next - 1n);
      if (last + 1n < next) throw new LogPositionUnknown(partition, position);
      const first = records[0]?.number ?? last + 1n;
      if (first > next) throw new LogTrimmed(partition, position);
    }
    const newest = records.at(-1);
    if (newest === undefined) return;
    place.next = newest.number + 1n;
    this.#queue.push({
      partition,
      records: records.map(({ number, value }) => ({
        partition,
        position: String(number),
        value,
      })),
      isAtEnd: newest.number === last,
    });
  }

  #noteOutage(error: unknown): boolean {
    const isOutage = isRedisOutage(error);
    if (isOutage && this.#state === 'reading') this.#state = 'away';
    return isOutage;
  }

  async #waitUntilWoken(): Promise<void> {
    await new Promise<void>((wake) => {
      this.#wake = wake;
    });
    this.#wake = undefined;
  }
}
