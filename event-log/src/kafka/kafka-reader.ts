import { settledWithin, startTimer, systemNow } from '@passport/runtime';

import type { LogBatch, LogReader, ReadFrom } from '../event-log.ts';
import { LogPositionUnknown, LogTrimmed } from '../log-error.ts';
import { BatchQueue } from '../shared/batch-queue.ts';
import { checkPartition } from '../shared/check-records.ts';
import type { LogLimits } from '../shared/log-limits.ts';
import { nextAfter } from '../shared/position.ts';
import { KafkaLate } from './kafka-client.ts';
import type { PartitionEnds } from './kafka-topic.ts';
import type { FetchedRecord, MakeConsumer, PartitionConsumer } from './partition-consumer.ts';

/** What {@link KafkaReader} needs. */
export type KafkaReaderOptions = {
  readonly partitions: number;
  readonly limits: LogLimits;
  readonly makeConsumer: MakeConsumer;
  /** The ends of all partitions; tries for as long as an outage may be. */
  readonly ends: (signal: AbortSignal) => Promise<ReadonlyMap<number, PartitionEnds>>;
  /** Tries to do something for as long as an outage may be. */
  readonly persist: <T>(operation: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  readonly onClose: () => void;
};

/** Where reading of a partition is; replaced as a whole when the partition is assigned anew. */
type Place = {
  /** The record that comes next; undefined as long as the oldest one is not known. */
  next: bigint | undefined;
  /** Whether `next` was compared with what the partition has. */
  isChecked: boolean;
  /** Whether a gap before the first record means nothing: the oldest was asked for. */
  mayJump: boolean;
  /** When it last got something, or nothing was to be had, in milliseconds. */
  movedAtMs: number;
};

/** How often in the time of a stall one looks for it. */
const LOOKS_PER_STALL = 4;

/**
 * How long a user may take for what waits until the consumer is held. A consumer with nothing to read sleeps, and comes late
 * when there is room; one that waits is there at once, but tells its group nothing meanwhile.
 */
const HOLD_AFTER_MS = 200;

/** A consumer that has not joined its group in this time is given up. */
const START_MS_MAX = 30_000;

/** A consumer that does not stop in this time is left alone. */
const STOP_MS_MAX = 5_000;

/** Reads a topic with one consumer at a time, and makes a new one when it crashes or stalls. */
export class KafkaReader implements LogReader {
  readonly #options: KafkaReaderOptions;
  readonly #places = new Map<number, Place>();
  readonly #queue: BatchQueue;
  readonly #closing = new AbortController();
  readonly #living: Promise<void>;
  #consumer: PartitionConsumer | undefined;
  #isJoined = false;
  #isHeld = false;
  #rebuilds = 0;
  #checking: Promise<void> | undefined;
  #endConsumer: () => void = () => undefined;
  #endWait: () => void = () => undefined;

  constructor(options: KafkaReaderOptions, from: ReadonlyMap<number, ReadFrom>) {
    this.#options = options;
    this.#queue = new BatchQueue({
      bytesMax: options.limits.readAheadBytesMax,
      onRoom: () => this.#goOn(),
    });
    for (const [partition, position] of from) this.assign(partition, position);
    this.#living = this.#live().catch((error: unknown) => this.#fail(error));
  }

  get rebuilds(): number {
    return this.#rebuilds;
  }

  assign(partition: number, from: ReadFrom): void {
    checkPartition(partition, this.#options.partitions);
    const next = nextAfter(from);
    this.revoke(partition);
    const movedAtMs = systemNow().getTime();
    const mayJump = next === undefined;
    const place: Place = { next, isChecked: false, mayJump, movedAtMs };
    this.#places.set(partition, place);
    // What there is of a place is found out meanwhile: records of no other place are delivered.
    this.#readFrom(partition, place);
    this.#check();
  }

  revoke(partition: number): void {
    this.#places.delete(partition);
    this.#queue.drop(partition);
    if (this.#isJoined) this.#consumer?.hold(partition);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#queue.close();
    this.#endWait();
    this.#endConsumer();
    await this.#living;
    await this.#checking;
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

  /** One consumer after the other, until the reader is closed or has failed. */
  async #live(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const ended = Promise.withResolvers<void>();
      this.#endConsumer = ended.resolve;
      const consumer = await this.#start(ended.resolve);
      const stopLooking = this.#lookForStalls();
      await ended.promise;
      stopLooking();
      this.#consumer = undefined;
      this.#isJoined = false;
      await stopQuietly(consumer);
      if (!signal.aborted) this.#rebuilds += 1;
    }
  }

  async #start(onEnd: () => void): Promise<PartitionConsumer> {
    const { persist, makeConsumer } = this.#options;
    return persist(async () => {
      let crash: { readonly error: unknown } | undefined;
      const consumer: PartitionConsumer = makeConsumer({
        onJoined: () => {
          if (this.#consumer !== consumer) return;
          this.#isJoined = true;
          this.#readOn();
        },
        onRecords: async (partition, records, end) => {
          if (this.#consumer !== consumer) return;
          this.#take(partition, records, end);
          if (!this.#queue.hasRoom && !this.#isHeld) await this.#waitForRoom();
        },
        onCrashed: (error) => {
          crash = { error };
          if (this.#consumer === consumer && this.#isJoined) onEnd();
        },
      });
      this.#consumer = consumer;
      try {
        await within(START_MS_MAX, 'start a consumer', consumer.start());
        // kafkajs tells in this way only that the group could not be joined.
        if (crash !== undefined) throw crash.error;
        return consumer;
      } catch (error) {
        this.#consumer = undefined;
        this.#isJoined = false;
        await stopQuietly(consumer);
        throw error;
      }
    }, this.#closing.signal);
  }

  /** Compares new places with what the partitions have, and reads from them. */
  #check(): void {
    this.#checking ??= this.#checkAll()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#checking = undefined;
      });
  }

  async #checkAll(): Promise<void> {
    const { signal } = this.#closing;
    // Assigned while the ends were looked up: once more.
    while (!signal.aborted && [...this.#places.values()].some(({ isChecked }) => !isChecked)) {
      const asked = [...this.#places]
        .filter(([, { isChecked }]) => !isChecked)
        .map(([partition, place]) => ({ partition, place, next: place.next }));
      const ends = await this.#options.ends(signal);
      for (const { partition, place, next } of asked) {
        // Given up meanwhile, or what came from there has shown that it is there.
        if (this.#places.get(partition) !== place || place.next !== next) continue;
        const { low, high } = endsOf(ends, partition);
        checkPlace(partition, next ?? low, { low, high });
        place.movedAtMs = systemNow().getTime();
        if (next !== undefined) continue;
        place.next = low;
        this.#readFrom(partition, place);
      }
      for (const { place } of asked) place.isChecked = true;
    }
  }

  /** Goes on when there is room again. */
  #goOn(): void {
    this.#endWait();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#readOn();
  }

  #readOn(): void {
    for (const [partition, place] of this.#places) {
      place.movedAtMs = systemNow().getTime();
      this.#readFrom(partition, place);
    }
  }

  #readFrom(partition: number, { next }: Place): void {
    if (!this.#isJoined || next === undefined) return;
    this.#consumer?.readFrom(partition, next);
    if (this.#isHeld) this.#consumer?.hold(partition);
  }

  #take(partition: number, fetched: readonly FetchedRecord[], end: bigint): void {
    const place = this.#places.get(partition);
    if (place?.next === undefined) return;
    const { next } = place;
    // Kafka gives whole batches, which may begin earlier; a new consumer may begin anywhere.
    const records = fetched.filter(({ number }) => number >= next);
    const [first] = records;
    const last = records.at(-1);
    if (first === undefined || last === undefined) return;
    if (first.number > next && !place.mayJump) {
      this.#fail(new LogTrimmed(partition, String(next - 1n)));
      return;
    }
    place.mayJump = false;
    place.next = last.number + 1n;
    place.movedAtMs = systemNow().getTime();
    this.#queue.push({
      partition,
      records: records.map(({ number, value }) => ({ partition, position: String(number), value })),
      isAtEnd: place.next >= end,
    });
  }

  /** Resolves when there is room; where that takes long the consumer is held until there is. */
  async #waitForRoom(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    await settledWithin(promise, HOLD_AFTER_MS);
    if (this.#queue.hasRoom || this.#closing.signal.aborted) return;
    this.#isHeld = true;
    for (const partition of this.#places.keys()) this.#consumer?.hold(partition);
  }

  /**
   * After a broker's restart a consumer may live on and deliver nothing (seen with kafkajs 2.2.4 and
   * Kafka 4.4.0). Ends a consumer that leaves records lying for too long.
   */
  #lookForStalls(): () => void {
    const everyMs = Math.ceil(this.#options.limits.stallMsMax / LOOKS_PER_STALL);
    let cancel = (): void => undefined;
    let isOver = false;
    const look = (): void => {
      const looking = this.#findStall().then(
        (isStalled) => {
          if (isOver) return;
          if (isStalled) this.#endConsumer();
          else cancel = startTimer(everyMs, look);
        },
        (error: unknown) => this.#fail(error),
      );
      void looking;
    };
    cancel = startTimer(everyMs, look);
    return () => {
      isOver = true;
      cancel();
    };
  }

  async #findStall(): Promise<boolean> {
    if (!this.#queue.hasRoom) return false;
    const { limits, ends } = this.#options;
    const latest = systemNow().getTime() - limits.stallMsMax;
    const quiet = [...this.#places].filter(
      ([, { isChecked, movedAtMs }]) => isChecked && movedAtMs <= latest,
    );
    if (quiet.length === 0) return false;
    const before = new Map(quiet.map(([partition, { next }]) => [partition, next]));
    const found = await ends(this.#closing.signal);
    for (const [partition, place] of quiet) {
      // Something came, or it was given up, while the ends were looked up.
      if (this.#places.get(partition) !== place || place.next !== before.get(partition)) continue;
      if (place.next === undefined) continue;
      const { low, high } = endsOf(found, partition);
      if (place.mayJump && place.next < low) place.next = low;
      checkPlace(partition, place.next, { low, high });
      if (high > place.next) return true;
      place.movedAtMs = systemNow().getTime();
    }
    return false;
  }

  #fail(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#queue.fail(error);
    this.#closing.abort();
    this.#endConsumer();
  }
}

function checkPlace(partition: number, next: bigint, { low, high }: PartitionEnds): void {
  const position = String(next - 1n);
  if (next < low) throw new LogTrimmed(partition, position);
  if (next > high) throw new LogPositionUnknown(partition, position);
}

function endsOf(ends: ReadonlyMap<number, PartitionEnds>, partition: number): PartitionEnds {
  const found = ends.get(partition);
  if (found === undefined) throw new Error(`Kafka does not know partition ${partition}`);
  return found;
}

/** What it says at its end does not matter any more: nobody listens to it. */
async function stopQuietly(consumer: PartitionConsumer): Promise<void> {
  await within(STOP_MS_MAX, 'stop a consumer', consumer.stop()).catch(() => undefined);
}

async function within(ms: number, what: string, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const cancel = startTimer(ms, () => late.reject(new KafkaLate(`could not ${what} in ${ms} ms`)));
  try {
    await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
