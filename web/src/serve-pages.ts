import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import {
  createLogger,
  createMetrics,
  readConfig,
  startHealthServer,
  type StartedService,
  systemRandom,
} from '@passport/runtime';

import { bundleAssets } from './assets/bundle.ts';
import { options, settings } from './config.ts';
import { createPages } from './http/app.tsx';
import { openLedger } from './ledger/open-ledger.ts';
import { consortiumDesk } from './pages/consortium/read-consortium.ts';
import { parseWatched } from './watch/read-service.ts';

/** Starts the pages' server. Throws ConfigurationError, LedgerProfileError, RangeError of `watch`, and what esbuild does not understand. */
export async function servePages(argv: readonly string[]): Promise<StartedService> {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'web', level: config.logLevel });
  const watched = parseWatched(config.watch);
  const open = await openLedger(config, systemRandom);
  const assets = await bundleAssets();
  const metrics = createMetrics('web');
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => undefined,
  });
  const app = createPages({
    assets,
    apiUrl: config.apiUrl,
    apiBase: config.apiBase ?? config.apiUrl,
    watched,
    consortium:
      open === undefined
        ? undefined
        : consortiumDesk(open, (error) => logger.warn({ event: 'web.ledger_not_read', error })),
    onBug: (error) => logger.error({ event: 'web.bug', error }),
  });
  const server = serve({ fetch: app.fetch, hostname: config.host, port: config.port }) as Server;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ready: { port, health: health.port },
    stop: async (): Promise<void> => {
      server.close();
      server.closeIdleConnections();
      open?.close();
      await health.close();
      await metrics.close();
    },
  };
}
