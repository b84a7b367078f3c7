import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  server.close();
  await once(server, 'close');
  return address.port;
}

/** Ports are taken by others between a look and a start. */
const PORT_ATTEMPTS_MAX = 3;

/** Starts on the port, or on one that is free; tries other free ones when that one was taken. */
export async function onPort<T>(
  port: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message);
      if (!isTaken || attempt >= PORT_ATTEMPTS_MAX) throw error;
    }
  }
}
