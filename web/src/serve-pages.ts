import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { type MemberRoots, readMemberRoots, readNetworkProfile } from '@passport/ledger-client';
import {
  createLogger,
  createMetrics,
  readConfig,
  startHealthServer,
  type StartedService,
  systemNow,
  systemRandom,
} from '@passport/runtime';

import { bundleAssets } from './assets/bundle.ts';
import { options, settings } from './config.ts';
import { createPages } from './http/app.tsx';
import { certificateIssuers } from './http/certificate-issuers.ts';
import { consortiumDesk } from './pages/consortium/read-consortium.ts';
import { openPortal } from './portal/open-portal.ts';
import { parseWatched } from './watch/read-service.ts';

/**
 * Starts the pages' server. Throws ConfigurationError, LedgerProfileError, LedgerError, RangeError of `watch`, and
 * what esbuild does not understand.
 */
export async function servePages(argv: readonly string[]): Promise<StartedService> {
  const config = readConfig(settings, options, argv, process.env);
  const logger = createLogger({ name: 'web', level: config.logLevel });
  const watched = parseWatched(config.watch);
  const { apiUrl, apiBase = apiUrl, ledgerProfile } = config;
  // Without a profile nobody is known to be a member, so that nobody's certificates are believed.
  const roots: MemberRoots =
    ledgerProfile === undefined
      ? new Map()
      : await readMemberRoots(await readNetworkProfile(ledgerProfile));
  const assets = await bundleAssets();
  const metrics = createMetrics('web');
  const portal = await openPortal(config, { now: systemNow, random: systemRandom, apiUrl });
  const health = await startHealthServer({
    host: config.healthHost,
    port: config.healthPort,
    metrics,
    trouble: () => undefined,
  });
  const app = createPages({
    ...{ assets, apiUrl, apiBase, bankBase: config.bankUrl, portal, watched, now: systemNow },
    limits: {
      ...{ perMinute: config.actionsPerMinute, burst: config.actionsBurst },
      trustedProxies: config.trustedProxies,
    },
    consortium:
      portal === undefined
        ? undefined
        : consortiumDesk(portal, (error) => {
            logger.warn({ event: 'web.ledger_not_read', error });
          }),
    certificateIssuers: certificateIssuers({
      ...{ apiBase, roots, now: systemNow },
      onTrouble: (error) => logger.warn({ event: 'web.issuers_not_read', error }),
    }),
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
      await portal?.close();
      await health.close();
      await metrics.close();
    },
  };
}
