import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import { loadServer } from './load.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serverOf(listener: RequestListener) {
  let connections = 0;
  const server = createServer(listener).listen(0, '127.0.0.1');
  open.push(server.on('connection', () => void (connections += 1)));
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

describe('a load', () => {
  test('sends what it is told to, once each, over as many connections as there are clients', async () => {
    const asked: string[] = [];
    const { port, connections } = await serverOf(({ url = '', headers }, outgoing) => {
      asked.push(`${url} ${String(headers['x-number'])}`);
      outgoing.writeHead(200, { 'Content-Length': 8 });
      outgoing.write('four');
      setTimeout(() => outgoing.end('more'), 1);
    });
    const { requests, p50Ms, p99Ms } = await loadServer({
      ...{ port, clients: 3 },
      requestOf: (client, place) =>
        place < 4 ? { path: `/${client}`, headers: { 'X-Number': String(place) } } : undefined,
    });
    expect(requests).toBe(12);
    expect(asked.sort()).toEqual(
      [0, 1, 2].flatMap((client) => [0, 1, 2, 3].map((place) => `/${client} ${place}`)),
    );
    expect(connections()).toBe(3);
    expect(p50Ms).toBeGreaterThanOrEqual(0.5);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  });

  test('ends after so long', async () => {
    const { port } = await serverOf((_, outgoing) => outgoing.end('x'));
    const load = await loadServer({
      port,
      clients: 2,
      seconds: 0.2,
      requestOf: () => ({ path: '/' }),
    });
    expect(load.requests).toBeGreaterThan(2);
    expect(load.perSecond).toBeLessThanOrEqual(load.requests / 0.2);
  });

  test.each<[string, RequestListener]>([
    ['another status', (_, outgoing) => outgoing.writeHead(404, { 'Content-Length': 0 }).end()],
    ['no length', (_, outgoing) => outgoing.writeHead(200).write('x')],
    ['no answer', (_, outgoing) => outgoing.destroy()],
  ])('refuses %s', async (_, listener) => {
    const { port } = await serverOf(listener);
    const load = loadServer({ port, clients: 1, requestOf: () => ({ path: '/' }) });
    await expect(load).rejects.toThrow(/does not do|closed/);
  });
});
