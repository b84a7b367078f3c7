import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { Hono } from 'hono';

import { bundleAssets } from '../assets/bundle.ts';
import { createPages, type PagesOptions } from '../http/app.tsx';

/** Pages that are served to a test. */
export type PagesServer = { readonly url: string; stop(): Promise<void> };

/**
 * Serves the pages on a free port, before a serving API that the test brings as a Hono app: one that answers a
 * status at block 12,345 without it.
 */
export async function startPages(
  api: Hono = statusOnly(),
  more: Partial<PagesOptions> = {},
): Promise<PagesServer> {
  const behind = await listen(api);
  const app = createPages({
    assets: await bundleAssets(),
    apiUrl: behind.url,
    apiBase: behind.url,
    now: () => new Date(),
    onBug: (error) => {
      throw error;
    },
    ...more,
  });
  const before = await listen(app);
  return {
    url: before.url,
    stop: async () => {
      await before.stop();
      await behind.stop();
    },
  };
}

function statusOnly(): Hono {
  return new Hono().get('/v1/status', (context) => context.json({ block: 12_345 }));
}

async function listen(app: Hono): Promise<PagesServer> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
