import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import type { Metrics } from './metrics.ts';

/** What a service says of itself. */
export type HealthOptions = {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** Why the service cannot do its work now; undefined while it can. */
  readonly trouble: () => string | undefined;
};

/** The running server. */
export type HealthServer = { readonly port: number; close(): Promise<void> };

/**
 * Serves `/healthz` (the process lives), `/readyz` (it does its work; 503 and why, if not) and
 * `/metrics`. Throws when the port is taken.
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const { host, port, metrics, trouble } = options;
  const server = createServer((request, response) => {
    const { url = '' } = request;
    switch (url) {
      case '/healthz':
        send(response, 200, { status: 'ok' });
        break;
      case '/readyz': {
        const why = trouble();
        if (why === undefined) send(response, 200, { status: 'ready' });
        else send(response, 503, { status: 'not ready', why });
        break;
      }
      case '/metrics':
        metrics.answer(request, response);
        break;
      default:
        send(response, 404, { status: 'nothing here' });
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
