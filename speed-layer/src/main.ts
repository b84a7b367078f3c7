import { randomUUID } from 'node:crypto';

import { openEventLog } from '@passport/event-log';
import {
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
} from '@passport/runtime';
import { Redis } from 'ioredis';

import { options, settings, usage } from './config.ts';
import { PartitionHalted } from './consumer.ts';
import { runSpeedLayer } from './speed-service.ts';
import { SpeedState } from './speed-state.ts';

/** How long a batch under way may take to end. */
const STOP_MS = 15_000;

const argv = process.argv.slice(2);

async function start({ fail }: { readonly fail: (error: unknown) => void }) {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'speed', level: config.logLevel });
  const stopping = new AbortController();
  const redis = new Redis(config.viewsRedisUrl);
  redis.on('error', (error) => logger.warn({ event: 'speed.redis_error', error }));
  const log = await openEventLog({
    ...config,
    redisUrl: config.logRedisUrl,
    name: config.logName,
    logger,
  });
  const metrics = createMetrics('speed');
  const state = new SpeedState(metrics.meter);
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => state.trouble,
  });
  const running = runSpeedLayer(
    {
      log,
      redis,
      name: config.logName,
      instance: randomUUID(),
      leaseMs: config.leaseMs,
      logger,
      onApplied: (applied) => state.applied(applied),
    },
    stopping.signal,
  ).catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    if (error instanceof PartitionHalted) {
      state.halt(error);
      logger.error({ event: 'speed.halted', code: error.code, error });
    } else fail(error);
  });
  return {
    ready: { health: health.port },
    stop: async (): Promise<void> => {
      stopping.abort(new Error('the speed layer is asked to stop'));
      await running;
      await health.close();
      await log.close();
      redis.disconnect();
      await metrics.close();
    },
  };
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'speed',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
