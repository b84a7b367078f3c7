import { Kafka, logLevel } from 'kafkajs';
import { afterEach, expect, test } from 'vitest';

import { temporaryFolders } from '../testing/folders.ts';
import { hasKafkaTools } from './kafka-jars.ts';
import { type KafkaOptions, type LocalKafka, startKafka } from './start-kafka.ts';

/** Fetching its jars included. */
const TEST_MS_MAX = 300_000;

const folder = temporaryFolders();
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: KafkaOptions): Promise<LocalKafka> {
  const kafka = await startKafka(options);
  cleanUps.push(() => kafka.stop());
  return kafka;
}

function clientOf({ brokers }: LocalKafka): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
}

test(
  'Kafka has what it acknowledged after kill -9 and a restart',
  { timeout: TEST_MS_MAX },
  async () => {
    expect(await hasKafkaTools()).toBe(true);
    const directory = await folder();
    const first = await start({ directory });
    const admin = clientOf(first).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'numbers', numPartitions: 2 }] });
    await admin.disconnect();
    const producer = clientOf(first).producer();
    await producer.connect();
    const messages = Array.from({ length: 50 }, (_, at) => ({ partition: 1, value: String(at) }));
    await producer.send({ topic: 'numbers', acks: -1, messages });
    await first.kill();
    await producer.disconnect();
    const second = await start({ directory, port: first.port });
    expect(second.brokers).toEqual(first.brokers);
    const again = clientOf(second).admin();
    await again.connect();
    // Right after a restart a partition may have no leader yet.
    const ends = async (): Promise<unknown> =>
      (await again.fetchTopicOffsets('numbers')).find(({ partition }) => partition === 1);
    await expect
      .poll(() => ends().catch(String), { timeout: 20_000 })
      .toMatchObject({ low: '0', high: '50' });
    await again.disconnect();
  },
);
