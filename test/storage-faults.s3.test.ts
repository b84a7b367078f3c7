import { type Fault, FaultProxy } from '@passport/batch-layer/testing/fault-proxy';
import { startTestS3Server, type TestS3Server } from '@passport/batch-layer/testing/s3-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { pick, randomOf } from './testing/random.ts';
import { StoredPipeline } from './testing/stored-pipeline.ts';

const START_MS = 300_000;
const TEST_MS = 600_000;
const EPOCH_BLOCKS = 8;
const SILENCE_MS = 1_000;
const BLOCK_MS = 100;
/** How many requests fail where any may. */
const FAULT_SHARE = 0.03;
/** What the store tries by itself, before a job breaks off. */
const ATTEMPTS = 4;

/** What an archive is made of, by the paths of its objects. */
const parts = {
  'lines of log books': /\/events\/partition=\d+\/epoch-/,
  'sums of views': /\/view_[a-z]+\/epoch-/,
  'Delta commits': /\/_delta_log\/\d+\.json$/,
  watermarks: /\/watermark\//,
  'compacted lines': /\/events\/partition=\d+\/part-/,
  'compacted views': /\/view_[a-z]+\/part-/,
} as const;

const faultsOf = {
  PUT: ['unavailable', 'swallowed', 'cut-request', 'cut-answer'],
  GET: ['unavailable', 'cut-body', 'stalled-body'],
} as const satisfies Readonly<Record<string, readonly Fault[]>>;

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 2 ** 31);

describe(`the pipeline on a bad S3 server, by seed ${seed} (FAULT_SEED)`, () => {
  const random = randomOf(seed);
  let server: TestS3Server;
  let proxy: FaultProxy;
  let pipeline: StoredPipeline;

  beforeAll(async () => {
    server = await startTestS3Server();
    proxy = await FaultProxy.start(server.endpoint);
    pipeline = await StoredPipeline.start({
      objects: { ...server, endpoint: proxy.endpoint },
      ...{ epochBlocks: EPOCH_BLOCKS, silenceMs: SILENCE_MS, blockMs: BLOCK_MS },
    });
    await healed('compact');
  }, START_MS);
  afterEach(() => {
    proxy.calm();
    proxy.met.length = 0;
  });
  afterAll(async () => {
    await pipeline.stop();
    await proxy.stop();
    await server.stop();
  }, START_MS);

  /** Waits until the archive has gone further, or more of it is compacted. */
  async function healed(queue: 'archive' | 'compact'): Promise<void> {
    const done = (): number => (queue === 'archive' ? pipeline.watermark : pipeline.compactions);
    const before = done();
    await pipeline.until(`${queue} beyond ${before}`, () => done() > before);
  }

  test.each([
    ['503 for an answer', 'lines of log books', 'unavailable', 'archive'],
    ['a cut amid them', 'sums of views', 'cut-request', 'archive'],
    ['a cut behind them', 'Delta commits', 'cut-answer', 'archive'],
    ['no answer, though the server has them', 'watermarks', 'held-answer', 'archive'],
    ['no answer', 'compacted lines', 'swallowed', 'compact'],
    ['a cut amid them', 'compacted views', 'cut-request', 'compact'],
  ] as const)(
    'is exact after %s at puts of %s, again and again',
    async (_, what, fault, queue) => {
      const broken = pipeline.brokenJobs(queue);
      const height = pipeline.height;
      proxy.spoilBy(({ method, path }) =>
        method === 'PUT' && parts[what].test(path) ? fault : undefined,
      );
      // It came amid a job, more often than the store gets over by itself, while blocks moved.
      await pipeline.until('a broken job', () => pipeline.brokenJobs(queue) > broken);
      expect(proxy.met.length).toBeGreaterThanOrEqual(ATTEMPTS);
      await pipeline.until('another block', () => pipeline.height > height);
      proxy.calm();
      await healed(queue);
      expect(await pipeline.differences()).toEqual([]);
    },
    TEST_MS,
  );

  test(
    'is exact when any request may fail, of who archives and of who loads',
    async () => {
      const isMet = (method: string, fault: Fault): boolean =>
        proxy.met.some((each) => each.method === method && each.fault === fault);
      const unmet = (): readonly Fault[] =>
        Object.entries(faultsOf).flatMap(([method, faults]) =>
          faults.filter((fault) => !isMet(method, fault)),
        );
      proxy.spoilBy(({ method }) => {
        if ((method !== 'PUT' && method !== 'GET') || random() > FAULT_SHARE) return undefined;
        const faults: readonly Fault[] = faultsOf[method];
        // Those first that have not come yet.
        const rest = faults.filter((fault) => !isMet(method, fault));
        return pick<Fault>(rest.length > 0 ? rest : faults, random);
      });
      for (let round = 0; round < 1 || unmet().length > 0; round += 1) {
        expect(await pipeline.differences(), `seed ${seed}, round ${round}`).toEqual([]);
        await healed('archive');
      }
      expect(unmet()).toEqual([]);
      proxy.calm();
      expect(await pipeline.differences()).toEqual([]);
    },
    TEST_MS,
  );
});
