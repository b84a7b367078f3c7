import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { afterEach, describe, expect, test } from 'vitest';

import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';
import { testApi } from '../testing/test-api.ts';
import { createListener } from './create-listener.ts';

const fixture = new MirrorFixture();
const view = '/v1/views/usage';
const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  open.push(server);
  if (!server.listening) await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The same API twice: all of it behind the app, and with the listener in front. */
async function both(isFree = true) {
  const { app, bugs, ...parts } = await testApi(fixture, 6, isFree);
  const onBug = (error: unknown): void => void bugs.push(error);
  const plain = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  let asked = 0;
  const counted = {
    fetch: (...all: Parameters<typeof app.fetch>) => {
      asked += 1;
      return app.fetch(...all);
    },
  };
  const fronted = createServer(createListener(counted, { ...parts, isFree, onBug })).listen(
    0,
    '127.0.0.1',
  );
  const ports = [await portOf(plain), await portOf(fronted)] as const;
  return { ports, bugs, asked: () => asked };
}

type Asked = { readonly path: string; readonly method?: string; readonly host?: string };

async function ask(port: number, { path, method = 'GET', host = `127.0.0.1:1` }: Asked) {
  const sent = request({ port, path, method, agent: false, headers: { Host: host } });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const { date: _, ...headers } = answer.headers;
  return { status: answer.statusCode, headers, body: Buffer.concat(parts).toString('utf8') };
}

describe('what is in front of the app', { timeout: START_MS }, () => {
  test.each([
    `${view}?metrics=trips`,
    `${view}?metrics=trips,meanTripM&by=brand&from=2025-12-31&to=2026-02-01`,
    `${view}?metrics=trips&brand=%41&region=r&atBlock=6`,
    `${view}?metrics=trips+,meanTripM&by=day`,
    '/v1/views/activity?metrics=events&window=7d',
  ])('answers %s as the app does, and does not ask it', async (path) => {
    const { ports, asked } = await both();
    const [plain, fronted] = [await ask(ports[0], { path }), await ask(ports[1], { path })];
    expect(plain.status).toBe(200);
    expect(fronted).toEqual(plain);
    expect(asked()).toBe(0);
  });

  test.each<Asked>(
    [
      ...[view, `${view}?`, `${view}?metrics=profit`, `${view}?metrics=trips&brand=absent`],
      ...[`${view}?metrics=trips&atBlock=999`, '/v1/views/nothing?metrics=trips', '/v1/views'],
      ...[`${view}/?metrics=trips`, `/${view}?metrics=trips`, '/v1/views/%75sage?metrics=trips'],
      ...[`${view}?metrics=trips#metrics=profit`, `${view}?metrics=trips&brand="A"`],
      ...[`http://127.0.0.1:1${view}?metrics=trips`, '/v1/x/../views/usage?metrics=trips'],
    ]
      .map((path) => ({ path }))
      .concat([
        { path: `${view}?metrics=trips`, method: 'HEAD' },
        { path: `${view}?metrics=trips`, method: 'POST' },
        { path: `${view}?metrics=trips`, host: 'a b' },
        { path: `${view}?metrics=trips`, host: '' },
      ] as Asked[]),
  )('leaves $path to the app', async (one) => {
    const { ports, asked, bugs } = await both();
    expect(await ask(ports[1], one)).toEqual(await ask(ports[0], one));
    // What node:http or the adapter refuses the app does not hear of.
    expect(asked()).toBeLessThanOrEqual(1);
    expect(bugs).toEqual([]);
  });

  test('gives nothing away where answers are sold', async () => {
    const { ports } = await both(false);
    const { status, body } = await ask(ports[1], { path: `${view}?metrics=trips` });
    expect({ status, body: JSON.parse(body) as unknown }).toMatchObject({
      ...{ status: 402, body: { code: 'PAYMENT_REQUIRED' } },
    });
  });
});
