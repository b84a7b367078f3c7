import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LocalKafka, startKafka } from '@passport/local-servers';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { openEventLog } from '../open-event-log.ts';
import { defaultLimits } from '../shared/log-limits.ts';
import { CASE_MS_MAX, eventLogContract } from '../testing/event-log-contract.ts';
import { filesWith } from '../testing/files-with.ts';
import { numbered, numberOf, take } from '../testing/records.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import type { MakeConsumer } from './partition-consumer.ts';

let directory: string;
let kafka: LocalKafka;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passport-event-log-'));
  kafka = await startKafka({ directory });
}, 180_000);
afterAll(async () => {
  await kafka?.stop();
  await rm(directory, { recursive: true });
});

describe('an event log on Kafka', { timeout: CASE_MS_MAX }, () => {
  eventLogContract(async () => ({
    open: (options) => openEventLog({ ...options, kafkaBrokers: kafka.brokers }),
    kill: () => kafka.kill(),
    restart: async () => {
      kafka = await startKafka({ directory, port: kafka.port });
    },
    stop: async () => undefined,
  }));

  test('segments of trimmed records leave the disk, also of a topic that was made before', async () => {
    const client = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    // As an earlier release has made it, with a setting of its operator's.
    const before = {
      ...{ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' },
      ...{ 'max.message.bytes': '17000000', 'min.insync.replicas': '1' },
    };
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: 'forgetting', numPartitions: 1, configEntries: entries(before) }],
    });
    const open = () =>
      openEventLog({ kafkaBrokers: kafka.brokers, name: 'forgetting', partitions: 1 });
    const log = await open();
    const topic = { type: 2, name: 'forgetting' };
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [topic],
    });
    const own = resources[0]?.configEntries.filter(({ isDefault }) => !isDefault) ?? [];
    const wanted = { ...before, 'segment.ms': '600000', 'file.delete.delay.ms': '1000' };
    expect(Object.fromEntries(own.map((each) => [each.configName, each.configValue]))).toEqual(
      expect.objectContaining(wanted),
    );
    // Ten minutes are too long for a test.
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ ...topic, configEntries: entries({ ...wanted, 'segment.ms': '100' }) }],
    });
    await log.append([{ partition: 0, value: Buffer.from('cANARy') }]);
    await new Promise((done) => {
      setTimeout(done, 300);
    });
    await log.append([{ partition: 0, value: Buffer.from('keeper') }]);
    const [first] = await take(log.openReader(new Map([[0, 'earliest']])), 2);
    expect(await filesWith(directory, 'cANARy')).not.toEqual([]);
    await log.trim(0, first?.position ?? '');
    await log.purge();
    await vi.waitUntil(async () => (await filesWith(directory, 'cANARy')).length === 0, {
      timeout: 60_000,
      interval: 500,
    });
    expect(await filesWith(directory, 'keeper')).not.toEqual([]);
    await log.close();
    await admin.disconnect();
  }, 120_000);

  test('a reader whose consumer stalls begins anew, and misses nothing', async () => {
    const log = await openKafkaEventLog({
      brokers: kafka.brokers,
      name: 'stalled',
      partitions: 1,
      limits: { ...defaultLimits, stallMsMax: 1_000 },
      wrapConsumer: firstOneDelivers(3),
    });
    await log.append(numbered(0, 0, 3));
    const reader = log.openReader(new Map([[0, 'earliest']]));
    expect((await take(reader, 3)).map(numberOf)).toEqual([0, 1, 2]);
    await log.append(numbered(0, 3, 3));
    expect((await take(reader, 3)).map(numberOf)).toEqual([3, 4, 5]);
    expect(reader.rebuilds).toBe(1);
    await log.close();
  });

  test('a partition that is read from elsewhere gives nothing that was fetched before', async () => {
    const log = await openKafkaEventLog({
      brokers: kafka.brokers,
      name: 'elsewhere',
      partitions: 2,
      // A batch is taken, then the next one of the same fetch has room.
      limits: { ...defaultLimits, readAheadBytesMax: 1 },
    });
    await log.append([...numbered(0, 0, 5), ...numbered(1, 0, 5)]);
    const reader = log.openReader(new Map([0, 1].map((partition) => [partition, '2'])));
    const [first] = await take(reader, 2);
    const other = first?.partition === 0 ? 1 : 0;
    reader.assign(other, '0');
    expect((await take(reader, 4)).map(numberOf)).toEqual([1, 2, 3, 4]);
    await log.close();
  });

  test('a topic that forgets by itself is not a log', async () => {
    const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'retention.ms', value: '86400000' }];
    await admin.createTopics({ topics: [{ topic: 'a-day', numPartitions: 1, configEntries }] });
    await admin.disconnect();
    const log = openEventLog({ kafkaBrokers: kafka.brokers, name: 'a-day', partitions: 1 });
    await expect(log).rejects.toMatchObject({ code: 'LOG_NOT_DURABLE' });
  });
});

/** Consumers of which the first delivers so many records and then nothing, as if its fetch hung. */
function firstOneDelivers(countMax: number): (make: MakeConsumer) => MakeConsumer {
  let made = 0;
  let delivered = 0;
  return (make) => (events) => {
    made += 1;
    if (made > 1) return make(events);
    return make({
      ...events,
      onRecords: async (partition, records, end) => {
        if (delivered >= countMax) return;
        delivered += records.length;
        await events.onRecords(partition, records, end);
      },
    });
  };
}

function entries(record: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}
