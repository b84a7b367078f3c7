import { openEventLog } from '@passport/event-log';
import {
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
} from '@passport/runtime';
import { SpeedStore } from '@passport/speed-layer';
import { Redis } from 'ioredis';

import { type BatchState, runBatchLayer } from './batch-service.ts';
import { defaultCompactionLimits } from './compaction/compact-events.ts';
import { openCertifier } from './erasure/open-certifier.ts';
import { openStorage, options, settings, usage } from './config.ts';

/** How long a job under way may take to end; it is done again otherwise. */
const STOP_MS = 30_000;
const HOUR_MS = 3_600_000;

const argv = process.argv.slice(2);

async function start({ fail }: { readonly fail: (error: unknown) => void }) {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'batch', level: config.logLevel });
  const stopping = new AbortController();
  const redis = new Redis(config.viewsRedisUrl);
  redis.on('error', (error) => logger.warn({ event: 'batch.redis_error', error }));
  const jobs = new Redis(config.jobsRedisUrl, { maxRetriesPerRequest: null });
  jobs.on('error', (error) => logger.warn({ event: 'batch.redis_error', error }));
  const log = await openEventLog({
    ...config,
    redisUrl: config.logRedisUrl,
    name: config.logName,
    logger,
  });
  const opened = await openStorage(config, (error, version) => {
    logger.warn({ event: 'batch.checkpoint_failed', version, error });
  });
  const metrics = createMetrics('batch');
  let state: BatchState = { watermark: -1, waitingEpochs: 0, failedJobs: 0, pendingErasures: 0 };
  const gauges = {
    batch_watermark_blocks: ['views go up to this block', () => state.watermark],
    batch_waiting_epochs: ['closed epochs that are not archived', () => state.waitingEpochs],
    batch_pending_erasures: ['erasures that are not over', () => state.pendingErasures],
    batch_failed_jobs: ['jobs that a person has to look at', () => state.failedJobs],
  } as const;
  for (const [name, [description, value]] of Object.entries(gauges)) {
    const gauge = metrics.meter.createObservableGauge(name, { description });
    gauge.addCallback((result) => result.observe(value()));
  }
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => (state.failedJobs > 0 ? `${state.failedJobs} jobs have failed` : undefined),
  });
  const running = runBatchLayer(
    {
      log,
      storage: opened.storage,
      cache: opened.cache,
      speed: new SpeedStore(redis, config.logName),
      jobs,
      name: config.logName,
      epochBlocks: config.epochBlocks,
      compaction: { ...defaultCompactionLimits, filesMin: config.compactFilesMin },
      retentionMs: config.retentionHours * HOUR_MS,
      certify: await openCertifier(config),
      readersMs: config.readersMs,
      pollMs: config.pollMs,
      logger,
      onState: (next) => {
        state = next;
      },
    },
    stopping.signal,
  ).catch(fail);
  return {
    ready: { health: health.port },
    stop: async (): Promise<void> => {
      stopping.abort(new Error('the batch layer is asked to stop'));
      await running;
      await health.close();
      await log.close();
      await opened.close();
      redis.disconnect();
      jobs.disconnect();
      await metrics.close();
    },
  };
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'batch',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
