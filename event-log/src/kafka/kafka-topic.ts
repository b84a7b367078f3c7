import type { Admin, Kafka } from 'kafkajs';

import { RECORD_BYTES_MAX } from '../event-log.ts';
import { LogNotDurable, LogPartitionsDiffer } from '../log-error.ts';

/** What a partition has: the number of its oldest record, and the one that comes after its newest. */
export type PartitionEnds = { readonly low: bigint; readonly high: bigint };

/** `ConfigResourceTypes.TOPIC`, which Node does not find among the exports of kafkajs. */
const TOPIC = 2;

/** Records are kept until they are trimmed. */
const settings: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  // Room for the largest record, and what Kafka puts around it.
  'max.message.bytes': String(RECORD_BYTES_MAX + 1_000_000),
};

/**
 * How soon trimmed records are gone from the disk: a segment is full after ten minutes, and its file is deleted a
 * second after the broker has found that all of it is trimmed, which it looks for every
 * `log.retention.check.interval.ms`. The newest segment stays until there is a newer one.
 */
const forgetting: Readonly<Record<string, string>> = {
  'segment.ms': '600000',
  'file.delete.delay.ms': '1000',
};

/** The topic of a log, as its administrator sees it. Methods throw kafkajs's errors. */
export class KafkaTopic {
  readonly #kafka: Kafka;
  readonly #topic: string;
  #admin: Promise<Admin> | undefined;

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka;
    this.#topic = topic;
  }

  /**
   * Makes the topic when there is none. Throws `LogPartitionsDiffer`, and `LogNotDurable` when one
   * that somebody else made forgets records by itself.
   */
  ensure(partitions: number): Promise<void> {
    return this.#use(async (admin) => {
      await admin.createTopics({
        waitForLeaders: true,
        topics: [
          {
            topic: this.#topic,
            numPartitions: partitions,
            configEntries: entriesOf({ ...settings, ...forgetting }),
          },
        ],
      });
      const { topics } = await admin.fetchTopicMetadata({ topics: [this.#topic] });
      const found = topics[0]?.partitions.length ?? 0;
      if (found !== partitions) throw new LogPartitionsDiffer(this.#topic, partitions, found);
      await checkSettings(admin, this.#topic);
      await setForgetting(admin, this.#topic);
    });
  }

  /** By partition. */
  ends(): Promise<ReadonlyMap<number, PartitionEnds>> {
    return this.#use(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(this.#topic);
      return new Map(
        offsets.map(({ partition, low, high }) => [
          partition,
          { low: BigInt(low), high: BigInt(high) },
        ]),
      );
    });
  }

  /** Forgets what comes before a record. It must not come after the end. */
  forgetBefore(partition: number, number: bigint): Promise<void> {
    return this.#use(async (admin) => {
      // Also makes the client look the topic up, which the next request needs.
      await admin.fetchTopicOffsets(this.#topic);
      const partitions = [{ partition, offset: String(number) }];
      await admin.deleteTopicRecords({ topic: this.#topic, partitions });
    });
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined);
    await admin?.disconnect();
  }

  /** A client that has failed is given up: the next call makes a new one. */
  async #use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const connecting = this.#admin;
    try {
      return await work(await connecting);
    } catch (error) {
      if (this.#admin === connecting) this.#admin = undefined;
      // Its end may fail as well, and changes nothing any more.
      connecting.then((admin) => admin.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin();
    await admin.connect();
    return admin;
  }
}

async function checkSettings(admin: Admin, topic: string): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC, name: topic, configNames: Object.keys(settings) }],
  });
  for (const { configName, configValue } of resources[0]?.configEntries ?? []) {
    const wanted = settings[configName];
    if (wanted === undefined || configValue === wanted) continue;
    throw new LogNotDurable(`topic ${topic}`, configName, wanted, configValue);
  }
}

/** Has a topic of before, or of somebody else, forget as soon as one that is made now. */
async function setForgetting(admin: Admin, name: string): Promise<void> {
  const topic = { type: TOPIC, name };
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [topic] });
  const found = resources[0]?.configEntries ?? [];
  const isSet = Object.entries(forgetting).every(([wanted, value]) =>
    found.some(({ configName, configValue }) => configName === wanted && configValue === value),
  );
  if (isSet) return;
  // This request sets all that a topic has of its own: what is left out goes back to the default.
  const own = found.filter(({ isDefault }) => !isDefault);
  const kept = Object.fromEntries(own.map((entry) => [entry.configName, entry.configValue]));
  const configEntries = entriesOf({ ...kept, ...settings, ...forgetting });
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...topic, configEntries }] });
}

function entriesOf(record: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}
