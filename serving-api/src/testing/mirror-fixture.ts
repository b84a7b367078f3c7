import { randomUUID } from 'node:crypto';

import { type EventLog, openEventLog } from '@passport/event-log';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import {
  type BlockPart,
  encodeRecord,
  type Fact,
  type LogRow,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { createLogger } from '@passport/runtime';
import { runSpeedLayer, SpeedReader, SpeedStore } from '@passport/speed-layer';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

import { START_TIME_MS } from './random-facts.ts';

export const START_MS = 120_000;
export const EPOCH_BLOCKS = 4;
export const LEDGER = `fabric:${'0123'.repeat(8)}`;
const WAIT = { timeout: 30_000, interval: 4 };

/** What one block has, by partition. */
export type TestBlock = {
  readonly stepMs: number;
  readonly facts: readonly (readonly Fact[])[];
  readonly rows?: readonly (readonly LogRow[])[];
};

/** A log, and a speed layer that follows it; partitions move as they are written to. */
export type World = {
  readonly name: string;
  readonly speed: SpeedReader;
  readonly store: SpeedStore;
  readonly redis: Redis;
  /** Writes blocks of one partition up to that number, in one record each epoch. */
  write(partition: number, last: number): Promise<void>;
  /** Waits until the speed layer has all that was written. */
  settle(): Promise<void>;
  ledgerTimeAt(block: number): number;
  /** All facts of all partitions up to a block. */
  factsUpTo(block: number): Fact[];
};

/** Starts what mirrors read from; what is opened is closed after each test. */
export class MirrorFixture {
  #folder: TemporaryFolder | undefined;
  #views: LocalRedis | undefined;
  #durable: LocalRedis | undefined;
  readonly #cleanUps: (() => Promise<unknown> | void)[] = [];

  constructor() {
    beforeAll(async () => {
      this.#folder = await temporaryFolder('mirror');
      const { path } = this.#folder;
      this.#views = await startRedis({ directory: `${path}/views`, role: 'views' });
      this.#durable = await startRedis({ directory: `${path}/durable`, role: 'durable' });
    }, START_MS);
    afterEach(() => this.clean());
    afterAll(async () => {
      await this.#views?.stop();
      await this.#durable?.stop();
      await this.#folder?.remove();
    }, START_MS);
  }

  get viewsUrl(): string {
    return this.#views?.url ?? '';
  }

  async killViews(): Promise<void> {
    await this.#views?.kill();
  }

  async restartViews(): Promise<void> {
    const directory = `${this.#folder?.path}/views`;
    const port = this.#views?.port;
    this.#views = await startRedis({
      directory,
      role: 'views',
      ...(port === undefined ? {} : { port }),
    });
  }

  async clean(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
  }

  onEnd(cleanUp: () => Promise<unknown> | void): void {
    this.#cleanUps.push(cleanUp);
  }

  async world(blocks: readonly TestBlock[], partitions: number): Promise<World> {
    const name = `mirror-${randomUUID()}`;
    const redis = new Redis(this.viewsUrl);
    redis.on('error', () => undefined);
    const log = await openEventLog({ redisUrl: this.#durable?.url, name, partitions });
    const over = new AbortController();
    const running = runSpeedLayer(
      {
        ...{ log, redis, name, instance: 'only', leaseMs: 1_000 },
        logger: createLogger({ name: 'speed', level: 'error' }),
      },
      over.signal,
    );
    this.onEnd(async () => {
      over.abort(new Error('the test is over'));
      await running;
      await log.close();
      redis.disconnect();
    });
    const speed = new SpeedReader(redis, name);
    return worldOf(blocks, { name, log, speed, redis, store: new SpeedStore(redis, name) });
  }
}

function worldOf(
  blocks: readonly TestBlock[],
  {
    name,
    log,
    speed,
    redis,
    store,
  }: Pick<World, 'name' | 'speed' | 'redis' | 'store'> & { readonly log: EventLog },
): World {
  const times: number[] = [];
  for (const { stepMs } of blocks) times.push((times.at(-1) ?? START_TIME_MS) + stepMs);
  const parts = Array.from({ length: log.partitions }, (_, partition) =>
    blocks.map(({ facts, rows }, number): BlockPart => ({
      ...{ number, hash: number.toString(16).padStart(64, '0') },
      ...{
        ledgerTimeMs: times[number] ?? 0,
        rows: rows?.[partition] ?? [],
        facts: facts[partition] ?? [],
      },
    })),
  );
  const written = parts.map(() => -1);
  const write = async (partition: number, last: number): Promise<void> => {
    let first = (written[partition] ?? -1) + 1;
    while (first <= last) {
      const end = Math.min(last, (Math.floor(first / EPOCH_BLOCKS) + 1) * EPOCH_BLOCKS - 1);
      const known = { ledger: LEDGER, partition, partitions: log.partitions };
      const value = encodeRecord({
        ...{ ...known, epochBlocks: EPOCH_BLOCKS, definitions: VIEW_DEFINITIONS },
        blocks: parts[partition]?.slice(first, end + 1) ?? [],
      });
      await log.append([{ partition, value }]);
      written[partition] = end;
      first = end + 1;
    }
  };
  return {
    ...{ name, speed, redis, store, write },
    settle: async () => {
      await vi.waitUntil(async () => {
        const positions = await speed.positions(log.partitions);
        return String(positions.map((position) => position?.block ?? -1)) === String(written);
      }, WAIT);
    },
    ledgerTimeAt: (block) => times[block] ?? START_TIME_MS,
    factsUpTo: (block) => blocks.slice(0, block + 1).flatMap(({ facts }) => facts.flat()),
  };
}
