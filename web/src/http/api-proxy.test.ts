import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { apiProxy } from './api-proxy.ts';

const WAIT = { timeout: 10_000, interval: 5 };
/** How long an answer may take to begin here: two busy cores answer within it. */
const BEGIN_MS = 2_500;

/** What the API behind has seen, and what its stream does. */
let seen: { readonly url: string; readonly headers: Headers; readonly body: string }[] = [];
let isStreaming = false;
let say: (text: string) => Promise<void> = () => Promise.resolve();

const api = new Hono()
  .get('/v1/live', (context) =>
    streamSSE(context, async (stream) => {
      isStreaming = true;
      await stream.writeSSE({ data: 'first' });
      await new Promise<void>((done) => {
        say = (data) => stream.writeSSE({ data });
        stream.onAbort(() => {
          isStreaming = false;
          done();
        });
      });
    }),
  )
  .get('/v1/slow', () => new Promise<Response>(() => {}))
  .all('/v1/*', async (context) => {
    const { raw } = context.req;
    seen.push({ url: raw.url, headers: raw.headers, body: await raw.text() });
    return context.text('paid', 402, {
      'PAYMENT-REQUIRED': 'eyJ4NDAyVmVyc2lvbiI6Mn0=',
      'Set-Cookie': 'a=b',
    });
  });

let servers: Server[];
let behind: string;
let portal: string;

async function listen(app: Hono): Promise<string> {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  servers = [];
  behind = await listen(api);
  portal = await listen(apiProxy(behind, BEGIN_MS));
});
afterAll(async () => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
});
beforeEach(() => {
  seen = [];
});

describe('the API behind the pages', () => {
  test('gets proofs, payments, query and body as they were sent, and no cookie', async () => {
    const response = await fetch(`${portal}/v1/sql?x=%2F&y=1`, {
      method: 'POST',
      body: 'SELECT 1',
      headers: {
        ...{ DPoP: 'proof', 'PAYMENT-SIGNATURE': 'signed', 'Idempotency-Key': 'k', Cookie: 'a=b' },
        ...{ Accept: 'text/csv', 'Last-Event-ID': '7' },
      },
    });
    expect(response.status).toBe(402);
    expect(response.headers.get('payment-required')).toBe('eyJ4NDAyVmVyc2lvbiI6Mn0=');
    expect(response.headers.get('set-cookie')).toBeNull();
    await expect(response.text()).resolves.toBe('paid');
    expect(seen.map(({ url, body }) => [url, body])).toEqual([
      [`${behind}/v1/sql?x=%2F&y=1`, 'SELECT 1'],
    ]);
    const { headers } = seen[0] ?? { headers: new Headers() };
    const names = ['dpop', 'payment-signature', 'idempotency-key', 'accept', 'last-event-id'];
    expect(names.map((name) => headers.get(name))).toEqual([
      ...['proof', 'signed', 'k', 'text/csv', '7'],
    ]);
    expect(headers.get('cookie')).toBeNull();
  });

  test('keeps a stream open for longer than an answer may take to begin, until the browser leaves', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${portal}/v1/live`, { signal: leaving.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await expect(reader?.read()).resolves.toMatchObject({ value: 'data: first\n\n' });
    await new Promise((done) => setTimeout(done, BEGIN_MS + 300));
    await say('second');
    await expect(reader?.read()).resolves.toMatchObject({ value: 'data: second\n\n' });
    leaving.abort();
    await vi.waitUntil(() => !isStreaming, WAIT);
    expect(isStreaming).toBe(false);
  });

  test.each([
    ['takes too long to begin', '/v1/slow', () => portal],
    ['is not there', '/v1/status', () => listen(apiProxy('http://127.0.0.1:1'))],
  ])('is a problem that can be tried again where it %s', async (_why, path, origin) => {
    const response = await fetch(`${await origin()}${path}`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    await expect(response.json()).resolves.toMatchObject({ code: 'NOT_READY', status: 503 });
  });
});
