import { once } from 'node:events';
import { createServer } from 'node:net';

/** An address on the loopback interface, `host:port`, at a port that was free a moment ago. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${address.port}`;
}
