import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';

import { PortUnavailable } from '../services/port-unavailable.ts';
import { controlApi, type DevnetControls } from './control-api.ts';

/** The developer controls on their port. */
export type ControlServer = { readonly url: string; close(): Promise<void> };

/**
 * Serves the controls on the loopback interface; port 0 takes a free one.
 * Throws {@link PortUnavailable}.
 */
export async function startControlServer(
  controls: DevnetControls,
  systemNow: () => Date,
  port: number,
): Promise<ControlServer> {
  const api = controlApi(controls, systemNow);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: api.fetch, hostname: '127.0.0.1', port }, (info: AddressInfo) => {
      resolve({
        url: `http://127.0.0.1:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
          }),
      });
    });
    server.once('error', (error: Error) => {
      reject(new PortUnavailable(port, 'the developer controls', error));
    });
  });
}
