import { randomUUID } from 'node:crypto';

import { openEventLog } from '@passport/event-log';
import {
  AppError,
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
} from '@passport/runtime';

import { options, settings, usage } from './config.ts';
import { runSpeedLayer } from './speed-service.ts';
import { SpeedState } from './speed-state.ts';
import { connectViews } from './views-connection.ts';

/** How long a batch under way may take to end. */
const STOP_MS = 15_000;

const argv = process.argv.slice(2);

async function start({ fail }: { readonly fail: (error: unknown) => void }) {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'speed', level: config.logLevel });
  const stopping = new AbortController();
  const redis = connectViews(config.viewsRedisUrl, 'wait');
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
    trouble: () => {
      const away = redis.status === 'ready' ? undefined : 'the Redis of the views is away';
      return state.trouble ?? away;
    },
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
    // It halts and stays where trying again does not help, so that people find it.
    if (error instanceof AppError && error.retry === 'never') {
      state.halt(error);
      logger.error({ event: 'speed.halted', code: error.code, error });
    } else fail(error);
  });
  return {
    ready: { health: health.port },
    stop: async (): Promise<void> => {
      stopping.abort(new Error('the speed layer is asked to stop'));
      // What waits for a Redis that is away would wait for ever.
      if (redis.status !== 'ready') redis.disconnect();
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
