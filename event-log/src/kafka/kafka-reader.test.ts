import { afterEach, describe, expect, test } from 'vitest';

import { defaultLimits } from '../shared/log-limits.ts';
import { numberOf, take } from '../testing/records.ts';
import { KafkaReader } from './kafka-reader.ts';
import type { PartitionEnds } from './kafka-topic.ts';
import type { ConsumerEvents, FetchedRecord } from './partition-consumer.ts';

/** A topic of one partition in memory, and its consumers, which deliver when the test says so. */
class FakeTopic {
  ends: PartitionEnds = { low: 0n, high: 0n };
  /** The topic tells its ends when this has resolved. */
  endsKnown: Promise<void> = Promise.resolve();
  readonly consumers: FakeConsumer[] = [];
}

type FakeConsumer = {
  readonly events: ConsumerEvents;
  readonly log: string[];
  /** Resolves when the consumer may fetch more. */
  deliver(first: number, count: number, bytes?: number): Promise<void>;
};

const readers: KafkaReader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});

function open(topic: FakeTopic, from: string, limits = {}): KafkaReader {
  const reader = new KafkaReader(
    {
      partitions: 1,
      limits: { ...defaultLimits, stallMsMax: 100, ...limits },
      makeConsumer: (events) => {
        const log: string[] = [];
        topic.consumers.push({
          events,
          log,
          deliver: (first, count, bytes) =>
            events.onRecords(0, fetched(first, count, bytes), BigInt(first + count)),
        });
        return {
          start: async () => events.onJoined(),
          readFrom: (_, next) => void log.push(`read ${next}`),
          hold: () => void log.push('hold'),
          stop: async () => void log.push('stop'),
        };
      },
      ends: async () => {
        await topic.endsKnown;
        return new Map([[0, topic.ends]]);
      },
      persist: (operation) => operation(),
      onClose: () => undefined,
    },
    new Map([[0, from]]),
  );
  readers.push(reader);
  return reader;
}

function fetched(first: number, count: number, bytes?: number): FetchedRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    number: BigInt(first + at),
    value: bytes === undefined ? Buffer.from(String(first + at)) : new Uint8Array(bytes),
  }));
}

async function consumer(topic: FakeTopic, at: number): Promise<FakeConsumer> {
  await expect.poll(() => topic.consumers[at]?.log[0]).toMatch(/^read/);
  const found = topic.consumers[at];
  if (found === undefined) throw new Error(`there is no consumer ${at}`);
  return found;
}

describe('a reader of Kafka', () => {
  test('begins anew when its consumer delivers nothing while the log grows', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 5n };
    const reader = open(topic, 'earliest');
    const held = await consumer(topic, 0);
    const second = await consumer(topic, 1);
    expect(reader.rebuilds).toBe(1);
    expect(held.log).toEqual(['read 0', 'stop']);
    // What the first one says after all is for nobody.
    void held.deliver(3, 2);
    void second.deliver(0, 5);
    expect((await take(reader, 5)).map(numberOf)).toEqual([0, 1, 2, 3, 4]);
  });

  test('begins anew where it was, when its consumer crashes', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 5n };
    const reader = open(topic, 'earliest');
    void (await consumer(topic, 0)).deliver(0, 3);
    topic.consumers[0]?.events.onCrashed(new Error('gone'));
    const second = await consumer(topic, 1);
    expect(second.log).toEqual(['read 3']);
    void second.deliver(2, 3);
    expect((await take(reader, 5)).map(numberOf)).toEqual([0, 1, 2, 3, 4]);
    expect(reader.rebuilds).toBe(1);
  });

  test('leaves its consumer alone while there is nothing to read', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 3n };
    const reader = open(topic, '2');
    await consumer(topic, 0);
    await new Promise((done) => setTimeout(done, 400));
    expect(reader.rebuilds).toBe(0);
  });

  test('reads from a place before it knows what the partition has', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 5n };
    const reader = open(topic, '1', { stallMsMax: 10_000 });
    const only = await consumer(topic, 0);
    const { promise, resolve } = Promise.withResolvers<void>();
    topic.endsKnown = promise;
    reader.assign(0, '3');
    expect(only.log.at(-1)).toBe('read 4');
    void only.deliver(4, 3);
    expect((await take(reader, 3)).map(numberOf)).toEqual([4, 5, 6]);
    // What was read is trimmed before the topic answers.
    topic.ends = { low: 6n, high: 8n };
    resolve();
    await new Promise((done) => setTimeout(done, 20));
    void only.deliver(7, 1);
    expect((await take(reader, 1)).map(numberOf)).toEqual([7]);
  });

  test('has its consumer wait while a user comes in time', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 100n };
    const reader = open(topic, 'earliest', { readAheadBytesMax: 100 });
    const only = await consumer(topic, 0);
    let isFree = false;
    const waiting = only.deliver(0, 2, 60).then(() => {
      isFree = true;
    });
    await new Promise((done) => setTimeout(done, 20));
    expect(isFree).toBe(false);
    await take(reader, 2);
    await waiting;
    expect(only.log).toEqual(['read 0']);
  });

  test('holds its consumer while nobody comes for what is there, and is not a stall then', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 100n };
    const reader = open(topic, 'earliest', { readAheadBytesMax: 100 });
    const only = await consumer(topic, 0);
    void only.deliver(0, 2, 60);
    await new Promise((done) => setTimeout(done, 400));
    expect(only.log).toEqual(['read 0', 'hold']);
    await take(reader, 2);
    expect(only.log).toEqual(['read 0', 'hold', 'read 2']);
    expect(reader.rebuilds).toBe(0);
  });

  test('reads all places again when its consumer has joined its group again', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 3n };
    open(topic, 'earliest', { stallMsMax: 10_000 });
    const only = await consumer(topic, 0);
    void only.deliver(0, 3);
    only.events.onJoined();
    expect(only.log).toEqual(['read 0', 'read 3']);
  });

  test('fails when records that should come next are not there any more', async () => {
    const topic = new FakeTopic();
    topic.ends = { low: 0n, high: 10n };
    const reader = open(topic, 'earliest', { stallMsMax: 10_000 });
    const only = await consumer(topic, 0);
    void only.deliver(0, 2);
    // kafkajs goes on with the oldest record when the one it asks for is gone.
    void only.deliver(5, 5);
    expect((await take(reader, 2)).map(numberOf)).toEqual([0, 1]);
    const late = { code: 'LOG_TRIMMED', partition: 0, position: '1' };
    await expect(take(reader, 1)).rejects.toMatchObject(late);
  });

  test('finds out that a log was trimmed beyond it, or has lost its end, without new records', async () => {
    const trimmed = new FakeTopic();
    trimmed.ends = { low: 0n, high: 10n };
    const late = open(trimmed, '5');
    await consumer(trimmed, 0);
    trimmed.ends = { low: 10n, high: 10n };
    await expect(take(late, 1)).rejects.toMatchObject({ code: 'LOG_TRIMMED', position: '5' });
    const lost = new FakeTopic();
    lost.ends = { low: 0n, high: 10n };
    const ahead = open(lost, '9');
    await consumer(lost, 0);
    lost.ends = { low: 0n, high: 3n };
    const unknown = { code: 'LOG_POSITION_UNKNOWN', position: '9' };
    await expect(take(ahead, 1)).rejects.toMatchObject(unknown);
  });
});
