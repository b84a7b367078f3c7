import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { emptyArchive } from '@passport/batch-layer';
import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import { type Tab, x402Headers } from '@passport/model';
import { SpeedReader } from '@passport/speed-layer';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { tableFormats } from '../formats/formats.ts';
import type { MarketDesk } from '../market/market-desk.ts';
import { openSession } from '../market/open-session.ts';
import { LiveMirror } from '../mirror/live-mirror.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { BatchArchive, someBatches } from '../sql/testing/some-batches.ts';
import {
  chargedOn,
  MarketWorld,
  paying,
  PRICE,
  salesOf,
  voucherOf,
} from '../testing/market-world.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { createApp } from './app.ts';
import { createListener } from './create-listener.ts';
import type { TurnEnd } from './turn-end.ts';

const PATH = '/v1/released/usage?metrics=trips&by=brand';
const KEY = { 'Idempotency-Key': 'purchase-0000001' };
const batches = someBatches.map(({ dimensions, sums, ...batch }) => ({
  ...batch,
  dimensions: [...dimensions, 'dt'],
  sums: batch.view === 'events' ? [...sums, ['qualityPoints', 50 * 801] as const] : sums,
}));
const mediaTypes = tableFormats.map(({ mediaType }) => mediaType);

type Headers = Readonly<Record<string, string | string[]>>;
type Asked = { readonly path?: string; readonly method?: string; readonly headers?: Headers };
/** A server, and what is behind it. */
type Side = {
  readonly world: MarketWorld;
  readonly desk: MarketDesk;
  readonly tab: Tab;
  readonly released: ReleasedMirror;
  readonly port: number;
  readonly server: Server;
  readonly bugs: unknown[];
  /** Requests that the app was asked. */
  readonly asked: () => number;
};

const open: Server[] = [];
let operatorKey: SigningKey;
let buyer: SigningKey;
beforeAll(async () => {
  [operatorKey, buyer] = [await generateSigningKey(), await generateSigningKey()];
});
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** The same market twice, of the same operator: behind the app, and with the listener in front. */
async function both(): Promise<readonly [Side, Side]> {
  return [await side(false), await side(true)];
}

async function side(isFronted: boolean, turnEnd?: Pick<TurnEnd, 'add'>): Promise<Side> {
  const world = new MarketWorld(operatorKey);
  const desk = await world.desk();
  const tab = world.openTab(buyer.keyId, 100n * PRICE);
  const archive = new BatchArchive(batches, 11);
  const released = new ReleasedMirror({ archive, logger: quiet, pollMs: 10 });
  await released.advance();
  // Nobody asks for an exact view here: nothing connects to it.
  const speed = new SpeedReader(new Redis({ lazyConnect: true }), 'none');
  const shared = { archive: emptyArchive, speed, partitions: 1 };
  const mirror = new LiveMirror({ ...shared, logger: quiet, pollMs: 10, retryMs: 10 });
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const options = { ...shared, mirror, released, isFree: true, sales: salesOf(desk), onBug };
  const app = createApp(options);
  let asked = 0;
  const counted: typeof app.fetch = (...all) => {
    asked += 1;
    return app.fetch(...all);
  };
  const server = isFronted
    ? createServer(createListener({ fetch: counted }, options, turnEnd)).listen(0, '127.0.0.1')
    : (serve({ fetch: counted, hostname: '127.0.0.1', port: 0 }) as Server);
  open.push(server);
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { world, desk, tab, released, port, server, bugs, asked: () => asked };
}

async function ask({ port }: Side, { path = PATH, method = 'GET', headers = {} }: Asked) {
  const all = { Host: '127.0.0.1:8080', ...headers };
  const sent = request({ port, path, method, agent: false, headers: all });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const { date: _, ...rest } = answer.headers;
  const told = Object.entries(rest).map(([name, value]) => [name, readable(name, String(value))]);
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(told) as Readonly<Record<string, unknown>>,
    body: Buffer.concat(parts).toString('latin1'),
  };
}

/** What a header of x402 says: signatures are others each time. */
function readable(name: string, value: string): unknown {
  if (!name.startsWith('payment-re')) return value;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return JSON.parse(text, (_, each: unknown) => {
    const [, claims] = typeof each === 'string' ? each.split('.') : [];
    const isJws = claims !== undefined && String(each).startsWith('eyJ');
    return isJws
      ? (JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as unknown)
      : each;
  });
}

const pay = ({ tab }: Side, seq: number, micro = BigInt(seq) * 2n * PRICE) =>
  paying(buyer, tab, micro, seq);

async function session({ desk, tab }: Side): Promise<string> {
  const voucher = await voucherOf(buyer, tab, 10n * PRICE, 1);
  return `Passport-Session ${(await openSession(desk, { voucher })).credential}`;
}

/** Asks both the same, each with a payment for its own server; both have to answer the same. */
async function same(sides: readonly [Side, Side], of: (one: Side) => Promise<Asked>) {
  const [plain, fronted] = sides;
  const expected = await ask(plain, await of(plain));
  expect(await ask(fronted, await of(fronted))).toEqual(expected);
  expect(chargedOn(fronted.desk, fronted.tab)).toBe(chargedOn(plain.desk, plain.tab));
  expect(fronted.bugs.length).toBe(plain.bugs.length);
  return expected;
}

describe('a paid question in front of the app', () => {
  test.each([
    ...mediaTypes.map((Accept) => ({ path: PATH, headers: { Accept } })),
    { path: `${PATH}&from=2026-01-01&to=2026-01-02&brand=%41&brand=*`, headers: {} },
    { path: `${PATH}&atBlock=7`, headers: {} },
    { path: '/v1/released/usage?metrics=trips+,distanceM', headers: KEY },
  ])('is answered as by the app, by voucher and in a session: %o', async ({ path, headers }) => {
    const sides = await both();
    const bought = await same(sides, async (one) => ({
      path,
      headers: { ...headers, ...(await pay(one, 1)) },
    }));
    expect(bought).toMatchObject({
      status: 200,
      headers: {
        'payment-response': { success: true, extensions: { receipt: { operator: 'MakerMSP' } } },
      },
    });
    for (const times of [1, 2]) {
      const again = await same(sides, async (one) => ({
        path,
        headers: { ...headers, Authorization: await session(one) },
      }));
      expect(again.body, `time ${times}`).toBe(bought.body);
    }
    expect(sides.map((one) => one.asked())).toEqual([3, 0]);
  });

  test('is charged once for a key, and refused for another question', async () => {
    const sides = await both();
    const bought = await same(sides, async (one) => ({
      headers: { ...KEY, ...(await pay(one, 1)) },
    }));
    const again = await same(sides, async (one) => ({
      headers: { ...KEY, ...(await pay(one, 2)) },
    }));
    expect(again).toEqual(bought);
    const other = await same(sides, async (one) => ({
      path: `${PATH}&atBlock=7`,
      headers: { ...KEY, ...(await pay(one, 3)) },
    }));
    expect(other.status).toBe(409);
    const [, fronted] = sides;
    expect(fronted.desk.journal.unsettled).toHaveLength(1);
    expect(chargedOn(fronted.desk, fronted.tab)).toBe(PRICE);
    expect(fronted.asked()).toBe(0);
  });

  test('is charged once when it is asked twice at once with one key', async () => {
    const fronted = await side(true);
    const headers = { ...KEY, ...(await pay(fronted, 1)) };
    const [one, other] = await Promise.all([ask(fronted, { headers }), ask(fronted, { headers })]);
    expect(other).toEqual(one);
    expect(fronted.desk.journal.unsettled).toHaveLength(1);
  });

  test('leaves at the end of a turn, with the others that one write of the journal has', async () => {
    const waiting: (() => void)[] = [];
    const fronted = await side(true, { add: (work) => void waiting.push(work) });
    const headers = { Authorization: await session(fronted) };
    let answered = 0;
    const asked = [1, 2].map(() => ask(fronted, { headers }).finally(() => (answered += 1)));
    await vi.waitUntil(() => waiting.length === 2, { timeout: 10_000 });
    expect(fronted.desk.journal.unsettled.map(({ entry }) => entry.kind)).toEqual([
      ...['voucher', 'sale', 'sale'],
    ]);
    expect(answered).toBe(0);
    for (const work of waiting) work();
    expect(await Promise.all(asked)).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  test.each<[number, string, Asked]>([
    [400, 'VIEW_UNKNOWN', { path: '/v1/released/nothing?metrics=trips' }],
    [400, 'QUERY_INVALID', { path: '/v1/released/usage?metrics=profit' }],
    [400, 'QUERY_INVALID', { path: `${PATH}&atBlock=x` }],
    [404, 'BLOCK_NOT_HELD', { path: `${PATH}&atBlock=6` }],
    [406, 'FORMAT_UNKNOWN', { headers: { Accept: 'text/html' } }],
    [404, 'PRODUCT_UNKNOWN', { path: '/v1/released/incidents?metrics=incidents' }],
    [400, 'IDEMPOTENCY_KEY_INVALID', { headers: { 'Idempotency-Key': 'short' } }],
    [402, 'VOUCHER_EXCEEDED', { headers: { price: '1' } }],
    [402, 'SESSION_INVALID', { headers: { Authorization: 'Passport-Session a.b' } }],
    [400, 'PAYMENT_MALFORMED', { headers: { [x402Headers.signature]: 'e30=' } }],
    [400, 'PAYMENT_MALFORMED', { headers: { [x402Headers.signature]: ['e30=', 'e30='] } }],
  ])('is refused as by the app: %i %s', async (status, code, { path, headers = {} }) => {
    const sides = await both();
    const { price, ...more } = headers;
    const isOwn = 'Authorization' in more || x402Headers.signature in more;
    const refused = await same(sides, async (one) => ({
      ...(path === undefined ? {} : { path }),
      headers: { ...(isOwn ? {} : await pay(one, 1, price === '1' ? 1n : undefined)), ...more },
    }));
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.body)).toMatchObject({ code });
    expect(sides.map((one) => one.asked())).toEqual([1, 0]);
    expect(chargedOn(sides[1].desk, sides[1].tab)).toBe(0n);
  });

  test('is a bug as by the app, and told to who hears of them', async () => {
    const sides = await both();
    for (const { released } of sides) {
      vi.spyOn(released, 'quality').mockImplementation(() => {
        throw new Error('a bug');
      });
    }
    const { status, body } = await same(sides, async (one) => ({ headers: await pay(one, 1) }));
    expect([status, JSON.parse(body)]).toMatchObject([500, { detail: 'it was logged' }]);
    expect(sides.map(({ bugs }) => bugs)).toEqual([[new Error('a bug')], [new Error('a bug')]]);
  });

  test.each<[string, Asked]>([
    ['nobody pays for', {}],
    ['comes with another scheme', { headers: { Authorization: 'Bearer of-nothing' } }],
    ['has two schemes', { headers: { Authorization: ['own', 'Bearer of-nothing'] } }],
    ['is a HEAD', { method: 'HEAD', headers: { Authorization: 'own' } }],
    ['is a POST', { method: 'POST', headers: { Authorization: 'own' } }],
    ['asks for nothing', { path: '/v1/released/usage', headers: { Authorization: 'own' } }],
    ['is empty', { path: '/v1/released/usage?', headers: { Authorization: 'own' } }],
    ['has an apostrophe', { path: `${PATH}&brand=o'`, headers: { Authorization: 'own' } }],
    ['has quotes', { path: `${PATH}&brand="A"`, headers: { Authorization: 'own' } }],
    ['has a fragment', { path: `${PATH}#by=day`, headers: { Authorization: 'own' } }],
    [
      'has a coded path',
      { path: `/v1/released/%75sage?metrics=trips`, headers: { Authorization: 'own' } },
    ],
    ['goes up', { path: `/v1/x/..${PATH.slice(3)}`, headers: { Authorization: 'own' } }],
    ['names a host', { path: `http://127.0.0.1:8080${PATH}`, headers: { Authorization: 'own' } }],
    ['has an odd host', { headers: { Authorization: 'own', Host: 'a b' } }],
    ['has the port that is usual', { headers: { Authorization: 'own', Host: '127.0.0.1:80' } }],
  ])('is left to the app where it %s', async (_, { headers = {}, ...asked }) => {
    const sides = await both();
    await same(sides, async (one) => {
      const own = await session(one);
      const filled = Object.entries(headers).map(([name, value]) => {
        const fill = (text: string): string => (text === 'own' ? own : text);
        return [name, typeof value === 'string' ? fill(value) : value.map(fill)] as const;
      });
      return { ...asked, headers: Object.fromEntries(filled) };
    });
    const [plain, fronted] = sides.map((one) => one.asked());
    // What node:http or the adapter refuses the app does not hear of.
    expect(fronted).toBe(plain);
  });

  test('is not charged to who hangs up before the answer is there', async () => {
    const fronted = await side(true);
    const { desk, tab, port, server, released } = fronted;
    let give = (): void => undefined;
    const held = new Promise<void>((done) => (give = done));
    const answer = released.answer.bind(released);
    const producing = vi.spyOn(released, 'answer').mockImplementation(async (...all) => {
      await held;
      return answer(...all);
    });
    const headers = { Host: '127.0.0.1:8080', ...(await pay(fronted, 1)) };
    const client = request({ port, path: PATH, headers, agent: false });
    client.on('error', () => undefined);
    client.end();
    await vi.waitUntil(() => producing.mock.calls.length > 0, { timeout: 10_000 });
    client.destroy();
    const connections = (): Promise<number> =>
      new Promise((done) => server.getConnections((_, count) => done(count)));
    await vi.waitUntil(async () => (await connections()) === 0, { timeout: 10_000 });
    give();
    await vi.waitUntil(() => desk.underWay.size === 0, { timeout: 10_000 });
    expect([chargedOn(desk, tab), desk.journal.unsettled]).toEqual([0n, []]);
    producing.mockRestore();
    expect(await ask(fronted, { headers })).toMatchObject({ status: 200 });
    expect(chargedOn(desk, tab)).toBe(PRICE);
  });
});
