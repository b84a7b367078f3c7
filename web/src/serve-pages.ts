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
  systemNow,
  systemRandom,
} from '@passport/runtime';
import type { Hono } from 'hono';

import { bundleAssets } from './assets/bundle.ts';
import { options, settings } from './config.ts';
import { createPages } from './http/app.tsx';
import { openPortal } from './portal/open-portal.ts';

/**
 * Starts the pages' server. Throws ConfigurationError, LedgerProfileError, LedgerError, and what esbuild does not
 * understand.
 */
export async function servePages(argv: readonly string[]): Promise<StartedService> {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'web', level: config.logLevel });
  const assets = await bundleAssets();
  const metrics = createMetrics('web');
  let app: Hono | undefined;
  const server = serve({
    // Its address is known only once it listens, and the relay's proofs are for it.
    fetch: (request) => app?.fetch(request) ?? new Response(null, { status: 503 }),
    hostname: config.host,
    port: config.port,
  }) as Server;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const publicUrl = config.publicUrl ?? `http://${config.host}:${port}`;
  const portal = await openPortal(config, { now: systemNow, random: systemRandom, publicUrl });
  app = createPages({
    assets,
    apiUrl: config.apiUrl,
    apiBase: config.apiBase ?? config.apiUrl,
    portal,
    now: systemNow,
    onBug: (error) => logger.error({ event: 'web.bug', error }),
  });
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => undefined,
  });
  return {
    ready: { port, health: health.port },
    stop: async (): Promise<void> => {
      server.close();
      server.closeIdleConnections();
      await portal?.close();
      await health.close();
      await metrics.close();
    },
  };
}
