import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type LocalRedis, startRedis } from '@passport/local-servers';
import { SpeedStore } from '@passport/speed-layer';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { type BatchState, runBatchLayer } from '../batch-service.ts';
import { defaultCompactionLimits } from '../compaction/compact-events.ts';
import { type Engine, openEngine } from '../duckdb/engine.ts';
import { canary, EPOCH_BLOCKS, erasedBlocks, laterBlock, vid } from '../testing/erased-ledger.ts';
import { ErasureWorld, quiet, unsigned } from '../testing/erasure-world.ts';
import { filesWithText } from '../testing/find-bytes.ts';

let root: string;
let redis: LocalRedis;
let engine: Engine;
let world: ErasureWorld;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'passport-erasure-'));
  engine = await openEngine({ memoryMbMax: 256, threads: 1, spillDirectory: join(root, 'spill') });
  redis = await startRedis({ directory: join(root, 'redis'), role: 'durable' });
  world = await ErasureWorld.open({ folder: join(root, 'worlds'), redis, engine });
}, 120_000);
afterAll(async () => {
  await world.close();
  await redis.stop();
  engine.close();
  await rm(root, { recursive: true, force: true });
});

test('the batch layer ends erasures by itself, beside archiving and compaction', async () => {
  await world.append([...erasedBlocks, ...Array.from({ length: 13 }, () => laterBlock)]);
  const jobs = new Redis(redis.url, { maxRetriesPerRequest: null });
  const stop = new AbortController();
  const states: BatchState[] = [];
  const running = runBatchLayer(
    {
      ...{ log: world.log, storage: world.storage, cache: world.cache, jobs, name: world.name },
      ...{ epochBlocks: EPOCH_BLOCKS, retentionMs: 0, pollMs: 20, readersMs: 0, logger: quiet },
      speed: new SpeedStore(world.redis, world.name),
      compaction: { ...defaultCompactionLimits, filesMin: 2 },
      // It is pending until this has answered: whoever looks in time sees it, and somebody looks every 20 ms.
      certify: async (...asked) => {
        await vi.waitUntil(() => states.some(({ pendingErasures }) => pendingErasures > 0), {
          timeout: 50_000,
        });
        return unsigned(...asked);
      },
      onState: (state) => states.push(state),
    },
    stop.signal,
  );
  await vi.waitUntil(async () => (await world.records.ofVehicle(vid))[0]?.isPending === false, {
    timeout: 100_000,
    interval: 200,
  });
  expect(states.at(-1)?.failedJobs).toBe(0);
  stop.abort(new Error('the test is over'));
  await running;
  jobs.disconnect();
  expect(await filesWithText(root, canary('trip'), engine)).toEqual([]);
  expect(await world.archived.erasures(vid)).toMatchObject([
    { ownerEpoch: 1, isPending: false, certificates: [{ mspId: 'MarketMSP' }] },
  ]);
}, 120_000);
