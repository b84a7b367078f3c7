import { randomUUID } from 'node:crypto';

import type { Consumer, Kafka } from 'kafkajs';

/** A record as Kafka gives it. */
export type FetchedRecord = { readonly number: bigint; readonly value: Uint8Array };

/** What a consumer tells the one that made it. */
export type ConsumerEvents = {
  /** It has come to its partitions, for the first time or again: all are held. */
  readonly onJoined: () => void;
  /** `end` is the number behind the partition's newest record. Nothing more is fetched until it resolves. */
  readonly onRecords: (
    partition: number,
    records: readonly FetchedRecord[],
    end: bigint,
  ) => Promise<void>;
  /** It delivers nothing more. */
  readonly onCrashed: (error: unknown) => void;
};

/** Reads all partitions of one topic that it is not told to hold. */
export type PartitionConsumer = {
  /** May throw; may also tell of a crash. */
  start(): Promise<void>;
  /** Reads a partition from a record on: nothing comes that was fetched before. Not before `onJoined`. */
  readFrom(partition: number, next: bigint): void;
  /** Stops reading a partition; what is fetched already may still come. */
  hold(partition: number): void;
  stop(): Promise<void>;
};

/** Makes a consumer that has not started. */
export type MakeConsumer = (events: ConsumerEvents) => PartitionConsumer;

/** Which topic, and how much at a time. */
export type KafkaConsumerOptions = {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  readonly fetchBytesMax: number;
};

/** Longer makes a disconnect take longer as well. */
const FETCH_WAIT_MS = 300;

/**
 * A consumer of kafkajs, alone in a group of its own, so that it gets all partitions. The group holds
 * no positions: nothing is ever committed.
 */
export function kafkaConsumer(
  { kafka, topic, partitions, fetchBytesMax }: KafkaConsumerOptions,
  events: ConsumerEvents,
): PartitionConsumer {
  const consumer = kafka.consumer({
    groupId: `${topic}-reader-${randomUUID()}`,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytes: fetchBytesMax,
    maxBytesPerPartition: Math.max(1, Math.floor(fetchBytesMax / partitions)),
    allowAutoTopicCreation: false,
  });
  const { CRASH, GROUP_JOIN } = consumer.events;
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  consumer.on(CRASH, ({ payload }) => events.onCrashed(payload.error));
  // Called before anything is fetched. A group that is joined again has lost its positions.
  consumer.on(GROUP_JOIN, () => {
    consumer.pause([{ topic, partitions: all }]);
    events.onJoined();
  });
  return {
    start: () => start(consumer, topic, events),
    readFrom: (partition, next) => {
      consumer.seek({ topic, partition, offset: String(next) });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    hold: (partition) => consumer.pause([{ topic, partitions: [partition] }]),
    stop: () => consumer.disconnect(),
  };
}

async function start(consumer: Consumer, topic: string, events: ConsumerEvents): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async (payload) => {
      // Fetched before the partition was to be read from elsewhere.
      if (payload.isStale()) return;
      const { batch } = payload;
      const records = batch.messages.map(({ offset, value }) => ({
        number: BigInt(offset),
        value: value ?? new Uint8Array(),
      }));
      if (records.length === 0) return;
      await events.onRecords(batch.partition, records, BigInt(batch.highWatermark));
    },
  });
}
