import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { DeltaArchive, openStorage } from '@passport/batch-layer';
import {
  createLogger,
  createMetrics,
  helpText,
  readConfig,
  runService,
  startHealthServer,
  systemNow,
  systemRandom,
} from '@passport/runtime';
import { connectViews, SpeedReader } from '@passport/speed-layer';

import { options, settings, usage } from './config.ts';
import { createApp } from './http/app.ts';
import { createListener } from './http/create-listener.ts';
import { LiveMirror } from './mirror/live-mirror.ts';
import { openDesks } from './open-desks.ts';
import { openLive } from './open-live.ts';
import { readMetrics } from './reads/read-metrics.ts';
import { ReleasedMirror } from './released/released-mirror.ts';

/** How long answers under way may take. */
const STOP_MS = 10_000;
/** Pause before views are loaded again after a failure. */
const RETRY_MS = 250;
/** Pause between looks for releases: they come with epochs, and each look is one at the store. */
const RELEASES_POLL_MS = 1_000;

const argv = process.argv.slice(2);

async function start() {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'serving', level: config.logLevel });
  const stopping = new AbortController();
  const redis = connectViews(config.viewsRedisUrl, 'fail');
  redis.on('error', (error) => logger.warn({ event: 'serving.redis_error', error }));
  const speed = new SpeedReader(redis, config.logName);
  const opened = await openStorage(config, (error, version) => {
    logger.warn({ event: 'serving.checkpoint_failed', version, error });
  });
  const archive = new DeltaArchive(opened.storage, opened.cache);
  const { partitions } = config;
  const views = { archive, speed, partitions, logger };
  const mirror = new LiveMirror({ ...views, pollMs: config.pollMs, retryMs: RETRY_MS });
  const released = new ReleasedMirror({ archive, logger, pollMs: RELEASES_POLL_MS });
  const following = Promise.all([mirror.follow(stopping.signal), released.follow(stopping.signal)]);
  let { publicUrl = `http://${config.host}:${config.port}` } = config;
  const surroundings = {
    ...{ logger, now: systemNow, random: systemRandom, newQuery: randomUUID },
    publicUrl: () => publicUrl,
  };
  const { store } = opened.storage;
  const desks = await openDesks(config, { ...surroundings, archive, store });
  const metrics = createMetrics('serving');
  metrics.meter
    .createObservableGauge('serving_height_blocks', { description: 'newest exact answer' })
    .addCallback((result) => result.observe(mirror.block ?? -1));
  if (desks.parts.desk !== undefined) readMetrics(metrics.meter, desks.parts.desk);
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => (mirror.block === undefined ? (mirror.trouble ?? 'loading') : desks.trouble()),
  });
  const appOptions = {
    ...{ mirror, released, archive, speed, partitions, isFree: config.free },
    live: openLive({
      ...{ mirror, released, speed, partitions, streamsMax: config.liveStreamsMax },
      ...{ now: systemNow, signal: stopping.signal },
    }),
    ...desks.parts,
    onBug: (error: unknown) => logger.error({ event: 'serving.bug', error }),
  };
  const server = createServer(createListener(createApp(appOptions), appOptions));
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  publicUrl = config.publicUrl ?? `http://${config.host}:${port}`;
  return {
    ready: { port, health: health.port },
    stop: async (): Promise<void> => {
      server.close();
      server.closeIdleConnections();
      stopping.abort(new Error('the serving API is asked to stop'));
      await following;
      await desks.close();
      await health.close();
      await opened.close();
      redis.disconnect();
      await metrics.close();
    },
  };
}

if (argv.includes('--help')) process.stdout.write(helpText(usage, settings, options));
else {
  await runService({
    name: 'serving',
    drainMs: STOP_MS,
    stopOnStdinEnd: argv.includes(`--${options.stopOnStdinEnd.flag}`),
    start,
  });
}
