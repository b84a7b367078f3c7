import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { common } from '@hyperledger/fabric-protos';
import { type EventLog, type LogLimits, openEventLog } from '@passport/event-log';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import {
  BlockFactory,
  fleetTransactions,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';

import { contentsOf, foldedAtOnce } from './log-contents.ts';

export const START_MS = 120_000;
const PARTITIONS = 3;
/** The last block of the fixture's chain that tests use. */
export const END = 30;

/** A log and a folder that no other test has. */
export type Fresh = { readonly log: EventLog; readonly name: string; readonly directory: string };

/** A durable Redis and a chain of valid blocks; what is opened is closed after each test. */
export class ListenerFixture {
  #servers: TemporaryFolder | undefined;
  #redis: LocalRedis | undefined;
  #folder: TemporaryFolder | undefined;
  #factory: BlockFactory | undefined;
  #blocks: common.Block[] = [];
  readonly #cleanUps: (() => Promise<unknown>)[] = [];

  constructor() {
    beforeAll(async () => {
      this.#servers = await temporaryFolder('listener-redis');
      await this.startRedis();
      this.#factory = await BlockFactory.create();
      this.#blocks = fleetBlocks(this.#factory);
    }, START_MS);
    afterAll(async () => {
      await this.redis.stop();
      await this.#servers?.remove();
    }, START_MS);
    beforeEach(async () => {
      this.#folder = await temporaryFolder('listener');
    });
    afterEach(async () => {
      for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
      await this.#folder?.remove();
    });
  }

  get redis(): LocalRedis {
    return there(this.#redis);
  }

  get factory(): BlockFactory {
    return there(this.#factory);
  }

  /** Starts the Redis, again after it was killed. */
  async startRedis(): Promise<void> {
    const port = this.#redis === undefined ? {} : { port: this.#redis.port };
    this.#redis = await startRedis({ directory: this.folder('redis'), role: 'durable', ...port });
  }

  /** Blocks from the first one to that number. */
  upTo(last: number): common.Block[] {
    return this.#blocks.slice(0, last + 1);
  }

  block(number: number): common.Block {
    return there(this.#blocks[number]);
  }

  folder(name: string): string {
    return join(there(name === 'redis' ? this.#servers : this.#folder).path, name);
  }

  async openLog(name: string, limits: Partial<LogLimits> = {}): Promise<EventLog> {
    const options = { redisUrl: this.redis.url, name, partitions: PARTITIONS };
    const log = await openEventLog({ ...options, limits });
    this.#cleanUps.push(() => log.close());
    return log;
  }

  async fresh(): Promise<Fresh> {
    const name = `log-${randomUUID()}`;
    return { log: await this.openLog(name), name, directory: this.folder(name) };
  }

  /** Removes the newest records of a partition, as from a server that lost its last second. */
  async lose(name: string, partition: number, records: number): Promise<void> {
    const client = new Redis(this.redis.url);
    const key = `{${name}}:${partition}`;
    const newest = await client.xrevrange(key, '+', '-', 'COUNT', records);
    if (newest.length < records) throw new Error(`only ${newest.length} records to lose`);
    await client.xdel(key, ...newest.map(([id]) => id));
    client.disconnect();
  }
}

/** The log has the facts of these blocks, each once, without a gap. */
export async function expectExact(log: EventLog, all: readonly common.Block[]): Promise<void> {
  const contents = await contentsOf(log);
  expect(contents.map(({ blocks }) => blocks)).toEqual(await foldedAtOnce(all, log.partitions));
}

/** How many records a log has. */
export async function recordsOf(log: EventLog): Promise<number> {
  const contents = await contentsOf(log);
  return contents.reduce((sum, { ranges }) => sum + ranges.length, 0);
}

function fleetBlocks(factory: BlockFactory): common.Block[] {
  const blocks = [factory.genesis()];
  const fleet = { vehicles: 12, events: 400, batchEvents: 8, tripsAtOnce: 2 };
  for (const transaction of fleetTransactions(fleet)) {
    // Each third block has two transactions, and one of them is not valid.
    const invalid = { ...transaction, timeMs: transaction.timeMs + 1e9, code: 11 };
    blocks.push(factory.block(blocks.length % 3 === 0 ? [invalid, transaction] : [transaction]));
  }
  return blocks;
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there yet');
  return value;
}
