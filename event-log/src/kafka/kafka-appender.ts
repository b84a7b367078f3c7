import type { Kafka, Producer } from 'kafkajs';

import type { NewRecord } from '../event-log.ts';

/** Less than what Kafka takes as one batch by default (`message.max.bytes` 1,048,588). */
const BATCH_BYTES_MAX = 1_040_000;

/** More than what the format adds to a record. */
const RECORD_OVERHEAD_BYTES = 100;

/** Every replica that is in sync has it. */
const ALL = -1;

/**
 * Appends records; one call at a time. The producer is idempotent: what kafkajs repeats by itself is
 * written once. After a failure nobody knows which sequence numbers the broker has seen, and a new
 * batch under an old number would be dropped as a repetition: the producer is given up then.
 */
export class KafkaAppender {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #requestMsMax: number;
  #producer: Producer | undefined;

  constructor(kafka: Kafka, topic: string, requestMsMax: number) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#requestMsMax = requestMsMax;
  }

  /** Appends in as few requests as batches allow. Throws kafkajs's errors. */
  async send(records: readonly NewRecord[]): Promise<void> {
    try {
      const producer = this.#producer ?? (await this.#connect());
      await producer.send({
        topic: this.#topic,
        acks: ALL,
        timeout: this.#requestMsMax,
        messages: records.map(({ partition, value }) => ({
          partition,
          value: Buffer.from(value.buffer, value.byteOffset, value.length),
        })),
      });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    // It is not needed any more, whether or not it can say good-bye.
    await producer?.disconnect().catch(() => undefined);
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: explicitPartition,
    });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }
}

/** Cuts records, in their order, into parts of at most one batch for each partition. */
export function batchesOf(records: readonly NewRecord[]): NewRecord[][] {
  const batches: NewRecord[][] = [];
  let batch: NewRecord[] = [];
  const bytes = new Map<number, number>();
  for (const record of records) {
    const { partition, value } = record;
    const before = bytes.get(partition) ?? 0;
    const after = before + value.length + RECORD_OVERHEAD_BYTES;
    if (before > 0 && after > BATCH_BYTES_MAX) {
      batches.push(batch);
      batch = [];
      bytes.clear();
    }
    bytes.set(partition, (bytes.get(partition) ?? 0) + value.length + RECORD_OVERHEAD_BYTES);
    batch.push(record);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function explicitPartition(): (args: { message: { partition?: number } }) => number {
  return ({ message: { partition } }) => {
    if (partition === undefined) throw new TypeError('a record without a partition');
    return partition;
  };
}
