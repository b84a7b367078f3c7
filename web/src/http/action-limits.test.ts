import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';

import { limitActions } from './action-limits.ts';

let nowMs = 0;
const now = (): Date => new Date(nowMs);

function pages(trustedProxies = 0): Hono {
  const app = new Hono();
  app.route('/', limitActions({ perMinute: 30, burst: 2, trustedProxies }, now));
  return app.all('*', (context) => context.text('done'));
}

/** A request as the server on Node hands it over. */
function ask(app: Hono, path: string, remoteAddress: string | undefined, forwarded?: string) {
  const headers = new Headers(forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded });
  const env = { incoming: { socket: { remoteAddress } } };
  return Promise.resolve(app.request(path, { method: 'POST', headers }, env));
}

async function statuses(...asked: readonly Promise<Response>[]): Promise<number[]> {
  return (await Promise.all(asked)).map(({ status }) => status);
}

describe('what one address may do', () => {
  test('ends with a problem that says when to come back, and goes on then', async () => {
    nowMs = 0;
    const app = pages();
    const relay = () => ask(app, '/relay/Consent/grant', '192.0.2.1');
    expect(await statuses(relay(), relay())).toEqual([200, 200]);
    nowMs = 500;
    const refused = await relay();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('2');
    expect(refused.headers.get('Content-Type')).toBe('application/problem+json');
    expect(refused.headers.get('Cache-Control')).toBe('no-store');
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    nowMs = 2_000;
    expect(await statuses(relay(), relay())).toEqual([200, 429]);
  });

  test.each([
    ['/relay', '/relay/Market/readTabs'],
    [`/rendezvous/${'A'.repeat(22)}/seller`, `/rendezvous/${'B'.repeat(22)}/buyer`],
    ['/professionals/enrol', '/vin/matches'],
  ])('is counted at %s together with %s, and not with other doors', async (one, other) => {
    const app = pages();
    const at = (path: string) => ask(app, path, '192.0.2.1');
    expect(await statuses(at(one), at(other), at(one), at(other))).toEqual([200, 200, 429, 429]);
    const elsewhere = ['/', '/v1/status', '/owner'].map(at);
    expect(await statuses(...elsewhere)).toEqual([200, 200, 200]);
    const doors = ['/relay/a/b', '/rendezvous/c/seller', '/professionals/place'].map(at);
    expect((await statuses(...doors)).filter((status) => status === 429)).toHaveLength(1);
  });

  test.each<[string, string | undefined, string | undefined, boolean]>([
    ['another IPv4 address', '192.0.2.1', '192.0.2.2', false],
    ['the same one as IPv6 has it', '192.0.2.1', '::ffff:192.0.2.1', true],
    ['the same /64', '2001:db8::1', '2001:DB8:0:0:ffff::2', true],
    ['the same /64, short', '2001:db8::1', '2001:db8:0:0::', true],
    ['another /64', '2001:db8::1', '2001:db8:0:1::1', false],
    ['the same link', 'fe80::1%eth0', 'fe80::2%eth1', true],
    ['nobody knows whom', undefined, 'somewhere', true],
  ])('is that of %s', async (_, one, other, isSame) => {
    const app = pages();
    await statuses(ask(app, '/relay', one), ask(app, '/relay', one));
    expect(await statuses(ask(app, '/relay', other))).toEqual([isSame ? 429 : 200]);
  });

  test('is told from what a header says only behind a proxy, and only from what that has added', async () => {
    const names = ['192.0.2.7', '192.0.2.8', '192.0.2.9'];
    const direct = names.map((name) => ['10.0.0.1', name] as const);
    // Anybody can write a header.
    const bare = pages();
    expect(await statuses(...direct.map((each) => ask(bare, '/relay', ...each)))).toEqual([
      ...[200, 200, 429],
    ]);
    const behindOne = pages(1);
    expect(await statuses(...direct.map((each) => ask(behindOne, '/relay', ...each)))).toEqual([
      ...[200, 200, 200],
    ]);
    const forged = names.map((name) => ask(behindOne, '/relay', '10.0.0.1', `${name}, 192.0.2.7`));
    expect(await statuses(...forged)).toEqual([200, 429, 429]);
    const behindTwo = pages(2);
    const chain = names.map((name) => ask(behindTwo, '/relay', '10.0.0.1', `x, ${name}, 10.0.0.2`));
    expect(await statuses(...chain)).toEqual([200, 200, 200]);
    // Around the proxies, or of one that writes no address: the connection counts.
    const around = ['', '192.0.2.7', 'x, y'].map((text) =>
      ask(behindTwo, '/relay', '10.0.0.1', text),
    );
    expect(await statuses(...around)).toEqual([200, 200, 429]);
  });
});
