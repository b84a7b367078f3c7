import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { generateSigningKey } from '@passport/ledger-client';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';

import { IntakeHttp } from './intake-http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A service that breaks so many connections before it answers; it keeps the proofs that it saw. */
async function breaking(times: number) {
  const proofs: (string | string[] | undefined)[] = [];
  const server = createServer((request, response) => {
    proofs.push(request.headers['dpop']);
    if (proofs.length <= times) request.socket.destroy();
    else response.end('{"done":true}');
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signer = await generateSigningKey();
  const http = new IntakeHttp({ url, signer, now: () => new Date(), random: () => 0 });
  return { proofs, send: () => http.send('POST', '/', z.object({ done: z.boolean() }), {}) };
}

test('a request whose connection is lost is sent again, each time with a new proof', async () => {
  const { send, proofs } = await breaking(2);
  expect(await send()).toEqual({ done: true });
  expect(new Set(proofs).size).toBe(3);
});

test('a service that stays away is given up', async () => {
  const { send, proofs } = await breaking(10);
  await expect(send()).rejects.toThrow(TypeError);
  expect(proofs).toHaveLength(4);
});
