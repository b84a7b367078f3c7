import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

/** A server that takes requests. */
export type Listening = { readonly port: number; close(): Promise<void> };

/** Takes requests for an app. Throws when the port is taken. */
export async function listen(app: Hono, hostname: string, port: number): Promise<Listening> {
  const server = serve({ fetch: app.fetch, hostname, port }) as Server;
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
