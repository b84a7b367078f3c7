import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import { type EventLog, openEventLog } from '@passport/event-log';
import type { LocalRedis } from '@passport/local-servers';
import { createLogger } from '@passport/runtime';
import { runSpeedLayer, SpeedReader, SpeedStore } from '@passport/speed-layer';
import { Redis } from 'ioredis';

import type { Engine } from '../duckdb/engine.ts';
import { archiveEpoch } from '../epoch/archive-epoch.ts';
import type { Certifier } from '../erasure/certify.ts';
import { ErasureRecords } from '../erasure/erasure-records.ts';
import { runErasures } from '../erasure/erasure-run.ts';
import { openFolderStore } from '../object-store/folder-object-store.ts';
import { type ObjectCache, openObjectCache } from '../object-store/object-cache.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { DeltaArchive } from '../reader/delta-archive.ts';
import type { Storage } from '../storage.ts';
import { type ArchivedUpTo, Watermarks } from '../watermark/watermarks.ts';
import {
  EPOCH_BLOCKS,
  laterBlock,
  PARTITIONS,
  recordOf,
  type SmallBlock,
} from './erased-ledger.ts';

/** What a world of erasures is made in. */
export type WorldOptions = {
  readonly folder: string;
  readonly redis: LocalRedis;
  readonly engine: Engine;
};

/** More than what has to pass until all that waits to be released has met. */
const EPOCHS = 7;

/** How long readers may stay, in the time here. */
const READERS_MS = 60_000;

/** A logger that says nothing. */
export const quiet = createLogger({
  name: 'test',
  level: 'error',
  destination: { write: () => {} },
});

/** Signs nothing: what is tested with it is not the signature. */
export const unsigned: Certifier = (erasure, done) =>
  Promise.resolve({
    part: 'market',
    mspId: 'MarketMSP',
    jws: JSON.stringify({ erasure, done }),
  } as Awaited<ReturnType<Certifier>>);

/** A log, an archive in a folder, the state of recent blocks, and erasures of them. */
export class ErasureWorld {
  readonly folder: string;
  readonly log: EventLog;
  readonly storage: Storage;
  readonly cache: ObjectCache;
  readonly redis: Redis;
  readonly name: string;
  /** How far the time here is ahead of the machine's, milliseconds. */
  aheadMs = 0;
  /** What is in the log. */
  readonly blocks: SmallBlock[] = [];

  private constructor(
    made: Pick<ErasureWorld, 'folder' | 'log' | 'storage' | 'cache' | 'redis' | 'name'>,
  ) {
    ({ folder: this.folder, log: this.log, storage: this.storage } = made);
    ({ cache: this.cache, redis: this.redis, name: this.name } = made);
  }

  static async open({ folder, redis, engine }: WorldOptions): Promise<ErasureWorld> {
    await mkdir(folder, { recursive: true });
    const own = await mkdtemp(join(folder, 'world-'));
    const name = own.slice(own.lastIndexOf('/') + 1);
    const store = await openFolderStore({ folder: join(own, 'objects'), now: () => new Date() });
    const clock = { world: undefined as ErasureWorld | undefined };
    const storage = {
      ...{ store, engine, scratchFolder: join(own, 'scratch') },
      now: () => new Date(Date.now() + (clock.world?.aheadMs ?? 0)),
      onCheckpointFailure: (error: unknown) => {
        throw error;
      },
    };
    const cache = await openObjectCache({ store, folder: join(own, 'copies'), bytesMax: 1 << 30 });
    const log = await openEventLog({ redisUrl: redis.url, name, partitions: PARTITIONS });
    const made = { folder: own, log, storage, cache, redis: new Redis(redis.url), name };
    clock.world = new ErasureWorld(made);
    return clock.world;
  }

  /** Blocks come to the log, a record each. */
  async append(blocks: readonly SmallBlock[]): Promise<void> {
    for (const block of blocks) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const value = recordOf(block, this.blocks.length, partition);
        await this.log.append([{ partition, value }]);
      }
      this.blocks.push(block);
    }
  }

  /** Archives the next epoch. */
  async archive(storage = this.storage): Promise<ArchivedUpTo> {
    const watermarks = new Watermarks(storage.store);
    const options = { log: this.log, storage, epochBlocks: EPOCH_BLOCKS };
    const next = await archiveEpoch(
      await watermarks.newest(),
      options,
      new AbortController().signal,
    );
    await watermarks.moveTo(next);
    return next;
  }

  /** Goes on until what waited to be released has met what takes it back. */
  async passTime(): Promise<void> {
    const end = EPOCHS * EPOCH_BLOCKS;
    await this.append(Array.from({ length: end - this.blocks.length + 1 }, () => laterBlock));
    for (let at = (await this.watermark()).block; at < end - 1; at += EPOCH_BLOCKS) {
      await this.archive();
    }
  }

  /** All that an erasure may have to wait for comes to pass, and it is over. */
  async settle(): Promise<void> {
    await this.passTime();
    for (let look = 0; look < 3; look += 1) await this.erase();
  }

  /** The speed layer takes all that is in the log. */
  async sumUp(): Promise<void> {
    const stop = new AbortController();
    const running = runSpeedLayer(
      {
        ...{ log: this.log, redis: this.redis, name: this.name, logger: quiet },
        ...{ instance: 'test', leaseMs: 3_000 },
      },
      stop.signal,
    );
    const reader = new SpeedReader(this.redis, this.name);
    for (;;) {
      const positions = await reader.positions(PARTITIONS);
      if (positions.every((each) => each?.block === this.blocks.length - 1)) break;
      await new Promise((done) => {
        setTimeout(done, 20);
      });
    }
    stop.abort(new Error('it is summed up'));
    await running;
  }

  /** A look of the batch layer; readers have moved on before the next one. */
  async erase(store: ObjectStore = this.storage.store, certify?: Certifier): Promise<void> {
    const storage = { ...this.storage, store };
    await runErasures({
      ...{ log: this.log, storage, cache: this.cache, logger: quiet },
      speed: new SpeedStore(this.redis, this.name),
      watermarks: new Watermarks(store),
      records: new ErasureRecords(store),
      certify: certify ?? unsigned,
      readersMs: READERS_MS,
    });
    this.aheadMs += READERS_MS;
  }

  get records(): ErasureRecords {
    return new ErasureRecords(this.storage.store);
  }

  get archived(): DeltaArchive {
    return new DeltaArchive(this.storage, this.cache);
  }

  async watermark(): Promise<ArchivedUpTo> {
    const newest = await new Watermarks(this.storage.store).newest();
    if (newest === undefined) throw new Error('nothing is archived yet');
    return newest;
  }

  async close(): Promise<void> {
    await this.log.close();
    this.redis.disconnect();
  }
}
