import type { Logger } from '@passport/runtime';
import type { Kafka } from 'kafkajs';

import type {
  EventLog,
  LogPosition,
  LogReader,
  LogRecord,
  NewRecord,
  ReadFrom,
} from '../event-log.ts';
import { LogPositionUnknown, LogTrimmed, LogUnavailable } from '../log-error.ts';
import { AppendQueue } from '../shared/append-queue.ts';
import { checkPartition, checkRecords } from '../shared/check-records.ts';
import type { LogLimits } from '../shared/log-limits.ts';
import { persist } from '../shared/persist.ts';
import { parsePosition } from '../shared/position.ts';
import { batchesOf, KafkaAppender } from './kafka-appender.ts';
import { isKafkaOutage, kafkaClient } from './kafka-client.ts';
import { KafkaReader } from './kafka-reader.ts';
import { KafkaTopic, type PartitionEnds } from './kafka-topic.ts';
import { kafkaConsumer, type MakeConsumer } from './partition-consumer.ts';

/** Which log, on which Kafka. */
export type KafkaEventLogOptions = {
  readonly brokers: readonly string[];
  /** The topic. */
  readonly name: string;
  readonly partitions: number;
  readonly limits: LogLimits;
  readonly logger?: Logger | undefined;
  /** Makes a reader's consumer around the real one: for tests that hold it still. */
  readonly wrapConsumer?: (make: MakeConsumer) => MakeConsumer;
};

/** Opens the log as a topic of Kafka. */
export async function openKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const log = new KafkaEventLog(options);
  try {
    await log.open();
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Another process may trim between two looks at a partition; it does not do so again and again. */
const LOOKS_MAX = 5;

class KafkaEventLog implements EventLog {
  readonly partitions: number;
  readonly #options: KafkaEventLogOptions;
  readonly #kafka: Kafka;
  readonly #topic: KafkaTopic;
  readonly #appender: KafkaAppender;
  readonly #appends: AppendQueue;
  readonly #closing = new AbortController();
  readonly #readers = new Set<KafkaReader>();

  constructor(options: KafkaEventLogOptions) {
    const { brokers, name, partitions, limits, logger } = options;
    this.#options = options;
    this.partitions = partitions;
    this.#kafka = kafkaClient({ brokers, requestMsMax: limits.requestMsMax, logger });
    this.#topic = new KafkaTopic(this.#kafka, name);
    this.#appender = new KafkaAppender(this.#kafka, name, limits.requestMsMax);
    this.#appends = new AppendQueue({
      write: (records) => this.#write(records),
      waitingMax: limits.appendsWaitingMax,
      writeBytesMax: limits.writeBytesMax,
    });
  }

  async open(): Promise<void> {
    await this.#persist('open', () => this.#topic.ensure(this.partitions));
  }

  async append(records: readonly NewRecord[]): Promise<void> {
    checkRecords(records, this.partitions);
    if (records.length > 0) await this.#appends.append(records);
  }

  async last(partition: number): Promise<LogRecord | undefined> {
    checkPartition(partition, this.partitions);
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      const { low, high } = await this.#endsOf(partition);
      if (high === 0n) return undefined;
      if (low === high) throw new LogTrimmed(partition, String(high - 1n));
      try {
        return await this.#readOne(partition, high - 1n, low);
      } catch (error) {
        // Trimmed between the two looks.
        if (!(error instanceof LogTrimmed)) throw error;
      }
    }
    throw new Error(`the end of partition ${partition} does not stand still`);
  }

  openReader(from: ReadonlyMap<number, ReadFrom>): LogReader {
    for (const partition of from.keys()) checkPartition(partition, this.partitions);
    return this.#openReader(from);
  }

  async trim(partition: number, upTo: LogPosition): Promise<void> {
    checkPartition(partition, this.partitions);
    const number = parsePosition(upTo);
    const { low, high } = await this.#endsOf(partition);
    if (number >= high) throw new LogPositionUnknown(partition, upTo);
    if (number < low) return;
    await this.#persist('trim', () => this.#topic.forgetBefore(partition, number + 1n));
  }

  /** Nothing to do: the broker deletes segments by the settings of the topic. */
  purge(): Promise<void> {
    return Promise.resolve();
  }

  async lag(partition: number, after: ReadFrom): Promise<number> {
    checkPartition(partition, this.partitions);
    const { low, high } = await this.#endsOf(partition);
    if (after === 'earliest') return Number(high - low);
    const number = parsePosition(after);
    if (number >= high) throw new LogPositionUnknown(partition, after);
    return Number(high - number - 1n);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    await this.#appends.close();
    this.#closing.abort(new LogUnavailable(`log ${this.#options.name} is closed`));
    await this.#appender.close();
    await this.#topic.close();
  }

  #openReader(from: ReadonlyMap<number, ReadFrom>): KafkaReader {
    const { name, partitions, limits, wrapConsumer = (make) => make } = this.#options;
    const consumerOptions = {
      kafka: this.#kafka,
      topic: name,
      partitions,
      fetchBytesMax: limits.fetchBytesMax,
    };
    const reader: KafkaReader = new KafkaReader(
      {
        partitions,
        limits,
        makeConsumer: wrapConsumer((events) => kafkaConsumer(consumerOptions, events)),
        ends: (signal) => this.#persist('read', () => this.#topic.ends(), signal),
        persist: (operation, signal) => this.#persist('read', operation, signal),
        onClose: () => this.#readers.delete(reader),
      },
      from,
    );
    this.#readers.add(reader);
    return reader;
  }

  /** Reads a record that is there. */
  async #readOne(partition: number, number: bigint, low: bigint): Promise<LogRecord | undefined> {
    const after = number === low ? 'earliest' : String(number - 1n);
    const reader = this.#openReader(new Map([[partition, after]]));
    try {
      for await (const { records } of reader) return records[0];
      return undefined;
    } finally {
      await reader.close();
    }
  }

  async #endsOf(partition: number): Promise<PartitionEnds> {
    const ends = await this.#persist('read', () => this.#topic.ends());
    const found = ends.get(partition);
    if (found === undefined) throw new Error(`Kafka does not know partition ${partition}`);
    return found;
  }

  async #write(records: readonly NewRecord[]): Promise<void> {
    for (const batch of batchesOf(records)) {
      await this.#persist('append to', () => this.#appender.send(batch));
    }
  }

  #persist<T>(
    verb: string,
    operation: () => Promise<T>,
    signal = this.#closing.signal,
  ): Promise<T> {
    const { name, limits } = this.#options;
    const { outageMsMax } = limits;
    return persist(operation, {
      what: `${verb} log ${name}`,
      outageMsMax,
      isOutage: isKafkaOutage,
      signal,
    });
  }
}
