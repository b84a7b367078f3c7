import { parseVid, type ViewAnswer, views } from '@passport/model';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test, vi } from 'vitest';

import { LEDGER, MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';
import { testApi, WAIT } from '../testing/test-api.ts';

const fixture = new MirrorFixture();
const vid = parseVid(`${'a'.repeat(25)}a`);
const api = async (last: number, isFree = true) => testApi(fixture, last, isFree);

const view = '/v1/views/usage';
const many = Array.from({ length: 201 }, (_, number) => `brand=${number}`).join('&');

describe('the API', { timeout: START_MS }, () => {
  test('answers a view at the newest block, and at one that is held', async () => {
    const { get, world } = await api(3);
    for (const partition of [0, 1]) await world.write(partition, 6);
    const asked = `${view}?metrics=trips,meanTripM&by=brand`;
    await vi.waitUntil(async () => (await get(asked)).body['block'] === 6, WAIT);
    const { status, type, body } = await get(asked);
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
    expect(body).toMatchObject({
      ...{ ledger: LEDGER, block: 6, blockHash: '6'.padStart(64, '0'), view: 'usage' },
      ...{ ledgerTime: '2026-01-05T11:57:00.000Z', by: ['brand'], rows: [['A', 21, 0]] },
      metrics: [
        { name: 'trips', unit: 'trips' },
        { name: 'meanTripM', unit: 'm' },
      ],
    });
    const older = await get(`${asked}&atBlock=4`);
    expect((older.body as unknown as ViewAnswer).rows).toEqual([['A', 10, 0]]);
    expect(older.body['block']).toBe(4);
  });

  test('never goes back in time, also when all state is lost', async () => {
    const { get, world } = await api(9);
    const asked = `${view}?metrics=trips`;
    for (let flush = 0; flush < 5; flush += 1) {
      await world.redis.flushall();
      for (let look = 0; look < 20; look += 1) {
        expect((await get(asked)).body).toMatchObject({ block: 9, rows: [[45]] });
        await new Promise((done) => setTimeout(done, 2));
      }
    }
    for (const partition of [0, 1]) await world.write(partition, 11);
    await vi.waitUntil(async () => (await get(asked)).body['block'] === 11, WAIT);
    expect((await get(asked)).body).toMatchObject({ rows: [[66]] });
  });

  test.each([
    ['/v1/views/nothing?metrics=trips', 400, 'VIEW_UNKNOWN', 'views are events, usage, mileage'],
    ['/v1/views/constructor?metrics=trips', 400, 'VIEW_UNKNOWN', 'views are'],
    ['/v1/views/%ff?metrics=trips', 400, 'VIEW_UNKNOWN', 'views are'],
    [view, 400, 'QUERY_INVALID', 'name metrics; the view usage has trips, distanceM'],
    [`${view}?metrics=`, 400, 'QUERY_INVALID', 'name metrics'],
    [
      `${view}?metrics=trips,profit`,
      400,
      'QUERY_INVALID',
      'no metrics "profit"; the view usage has',
    ],
    [`${view}?metrics=trips,trips`, 400, 'QUERY_INVALID', 'metrics names one twice'],
    [
      `${view}?metrics=trips&by=colour`,
      400,
      'QUERY_INVALID',
      'no by "colour"; the view usage has day',
    ],
    [`${view}?metrics=trips&colour=red`, 400, 'QUERY_INVALID', 'no dimension "colour"; the view'],
    [`${view}?metrics=trips&__proto__=x`, 400, 'QUERY_INVALID', 'no dimension "__proto__"'],
    [`${view}?metrics=trips&brand=absent`, 400, 'QUERY_INVALID', 'the view usage has A'],
    [`${view}?metrics=trips&from=2026-02-30`, 400, 'QUERY_INVALID', '"from" is a day'],
    [`${view}?metrics=trips&to=tomorrow`, 400, 'QUERY_INVALID', '"to" is a day'],
    [
      `${view}?metrics=trips&from=2026-01-02&to=2026-01-01`,
      400,
      'QUERY_INVALID',
      'is before "from"',
    ],
    [`${view}?metrics=trips&from=1000-01-01&to=2026-01-01`, 422, 'QUERY_TOO_LARGE', '36600 days'],
    [`${view}?metrics=trips&${many}`, 422, 'QUERY_TOO_LARGE', '200 values'],
    ['/v1/views/activity?metrics=events', 400, 'QUERY_INVALID', 'one window: 1h, 24h, 7d'],
    ['/v1/views/activity?metrics=events&window=2h', 400, 'QUERY_INVALID', 'one window'],
    ['/v1/views/activity?metrics=events&window=1h&window=7d', 400, 'QUERY_INVALID', 'one window'],
    [
      '/v1/views/activity?metrics=events&window=1h&from=2026-01-01',
      400,
      'QUERY_INVALID',
      'no days',
    ],
    [`${view}?metrics=trips&atBlock=x`, 400, 'QUERY_INVALID', '"atBlock" is the number of a block'],
    [`${view}?metrics=trips&atBlock=-1`, 400, 'QUERY_INVALID', '"atBlock"'],
    [`${view}?metrics=trips&atBlock=`, 400, 'QUERY_INVALID', '"atBlock"'],
    [`${view}?metrics=trips&atBlock=1e3`, 400, 'QUERY_INVALID', '"atBlock"'],
    [`${view}?metrics=trips&atBlock=99999999999999999`, 400, 'QUERY_INVALID', '"atBlock"'],
    [`${view}?metrics=trips&atBlock=999`, 404, 'BLOCK_NOT_HELD', 'blocks 3 to 3 are held'],
    [`/v1/vehicles/${vid}`, 404, 'VEHICLE_UNKNOWN', 'there is none here'],
    [`/v1/vehicles/${vid}?atBlock=999`, 404, 'BLOCK_NOT_HELD', 'blocks 3 to 3'],
    [`/v1/vehicles/${vid}?atBlock=x`, 400, 'QUERY_INVALID', '"atBlock"'],
    ['/v1/vehicles/WVWZZZ1JZXW000001', 400, 'VID_INVALID', 'vid'],
    [`/v1/vehicles/${vid.toUpperCase()}`, 400, 'VID_INVALID', 'vid'],
    ['/v1/vehicles/%00', 400, 'VID_INVALID', 'vid'],
    ['/v1/released/activity?metrics=events', 400, 'VIEW_UNKNOWN', 'released are events, usage'],
    ['/v1/released/mileage?metrics=meanQuality', 400, 'QUERY_INVALID', 'readings'],
    ['/v1/released/usage?metrics=trips', 503, 'NOT_READY', 'nothing was released yet'],
    ['/v1/nothing', 404, 'ROUTE_UNKNOWN', '/openapi.json'],
    ['/', 404, 'ROUTE_UNKNOWN', '/openapi.json'],
  ])('refuses %s with %i %s', async (path, status, code, detail) => {
    const shared = await api(3);
    const answer = await shared.get(path);
    expect(answer.body).toMatchObject({ status, code, type: `urn:passport:${code.toLowerCase()}` });
    expect(answer.body.detail).toContain(detail);
    expect(answer).toMatchObject({ status, type: 'application/problem+json' });
    expect(shared.bugs).toEqual([]);
  });

  test('sells what is not free, and gives nothing away before', async () => {
    const { get, bugs } = await api(3, false);
    for (const path of [
      `${view}?metrics=trips`,
      `${view}?metrics=trips&atBlock=999`,
      '/v1/released/usage?metrics=trips',
      `/v1/vehicles/${vid}`,
    ]) {
      expect((await get(path)).body).toMatchObject({ status: 402, code: 'PAYMENT_REQUIRED' });
    }
    // What is wrong is said before anybody pays, and what there is is no secret.
    expect((await get(`${view}?metrics=profit`)).status).toBe(400);
    expect((await get('/v1/vehicles/x')).status).toBe(400);
    for (const path of ['/v1/views', '/v1/status', '/openapi.json']) {
      expect((await get(path)).status).toBe(200);
    }
    expect(bugs).toEqual([]);
  });

  test('gives nothing away on any route, but what is listed here as free or proven', async () => {
    const { app, get } = await api(3, false);
    const open = {
      free: [
        ...['/v1/views', '/v1/status', '/v1/erasures/:vid', '/openapi.json'],
        ...['/v1/products', '/v1/products/:name'],
        // By their names, which are 128 random bits.
        ...['/v1/certificates/issuers', '/v1/certificates/:id'],
      ],
      // By a signature: 503 here, where nothing is sold and no reads are written down.
      proven: [
        ...['/v1/vehicles/:vid/reads', '/v1/vehicles/:vid/export', '/v1/buyers/me/usage'],
        '/v1/vehicles/:vid/reference',
        ...['/v1/tabs', '/v1/tabs/:tab', '/v1/sessions', '/v1/claims', '/v1/receipts/:id'],
        ...['/v1/contributors/:account/statement', '/v1/contributors/:account/leaf'],
        '/v1/settlements/:number/audit',
        '/v1/erasures/:vid/:ownerEpoch/certificates',
        ...['/v1/vehicles/:vid/certificates', '/v1/vehicles/:vid/certificates/preview'],
        '/v1/vehicles/:vid/market-key',
      ],
      // For everybody: 503 here likewise.
      told: ['/v1/market/terms', '/v1/market/summary'],
    };
    const listed = [...open.free, ...open.proven, ...open.told];
    const paid = app.routes.filter(
      ({ path, method }) => method !== 'ALL' && !listed.includes(path),
    );
    expect([...new Set(paid.map(({ path }) => path))].sort()).toEqual([
      ...['/v1/driving', '/v1/released/:view', '/v1/sql', '/v1/vehicles/:vid', '/v1/views/:view'],
    ]);
    for (const { path } of paid.filter(({ method }) => method === 'GET')) {
      const asked = path.replace(':view', 'usage').replace(':vid', vid);
      expect(await get(`${asked}?metrics=trips`)).toMatchObject({ status: 402 });
    }
    const body = JSON.stringify({ product: 'fleet-usage', sql: 'SELECT 1' });
    expect((await app.request('/v1/sql', { method: 'POST', body })).status).toBe(402);
    const driving = JSON.stringify({ vehicles: ['v-'], from: '2026-01', to: '2026-01' });
    expect((await app.request('/v1/driving', { method: 'POST', body: driving })).status).toBe(402);
    const posts = /(tabs|sessions|claims|certificates|preview|market-key)$/;
    for (const path of [...open.proven, ...open.told]) {
      const method = posts.test(path) ? 'POST' : 'GET';
      const asked = path.replace(':vid', vid).replace(':ownerEpoch', '1');
      expect((await app.request(asked, { method })).status).toBe(503);
    }
  });

  test('says that it is not ready before it has loaded anything', async () => {
    const { get } = await api(-1);
    for (const path of [`${view}?metrics=trips`, `/v1/vehicles/${vid}`]) {
      expect((await get(path)).body).toMatchObject({ status: 503, code: 'NOT_READY' });
    }
    expect((await get('/v1/status')).body).toMatchObject({
      ...{ block: null, oldestBlock: null, ledger: null, watermark: null, epochBlocks: null },
      partitions: [0, 1].map((partition) => ({
        partition,
        block: null,
        epoch: null,
        lagBlocks: null,
      })),
    });
  });

  test('tells how far everything is', async () => {
    const { get, world } = await api(3);
    await world.write(0, 9);
    await world.settle();
    expect((await get('/v1/status')).body).toEqual({
      ...{
        block: 3,
        oldestBlock: 3,
        ledger: LEDGER,
        ledgerTime: '2026-01-05T11:54:00.000Z',
      },
      ...{ watermark: null, epochBlocks: 4, trouble: null },
      partitions: [
        { partition: 0, block: 9, epoch: 2, lagBlocks: 0 },
        { partition: 1, block: 3, epoch: 0, lagBlocks: 6 },
      ],
    });
  });

  test('lists every view with its metrics and dimensions', async () => {
    const { get } = await api(0);
    const { body } = await get('/v1/views');
    const listed = body['views'] as {
      name: string;
      metrics: { name: string }[];
      dimensions: { name: string }[];
    }[];
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
    expect(names(listed)).toEqual(Object.keys(views));
    for (const { name, metrics, dimensions } of listed) {
      const known = views[name as keyof typeof views];
      expect(names(metrics)).toEqual(Object.keys(known.metrics));
      expect(names(dimensions)).toEqual(names(known.dimensions));
    }
  });

  test('goes on answering at its last block while the store is away, and moves on after', async () => {
    const { get, world, mirror, bugs } = await api(3);
    const asked = `${view}?metrics=trips`;
    const before = (await get(asked)).body;
    await fixture.killViews();
    await vi.waitUntil(() => mirror.trouble !== undefined, WAIT);
    expect((await get(asked)).body).toEqual(before);
    expect((await get(`/v1/vehicles/${vid}`)).body).toMatchObject({
      status: 503,
      code: 'NOT_READY',
    });
    const { status, body } = await get('/v1/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({ block: 3, trouble: expect.any(String) as string });
    await fixture.restartViews();
    for (const partition of [0, 1]) await world.write(partition, 11);
    await vi.waitUntil(() => mirror.block === 11 && mirror.trouble === undefined, WAIT);
    expect((await get(asked)).body).toMatchObject({ block: 11, rows: [[66]] });
    expect((await get(`/v1/vehicles/${vid}`)).body).toMatchObject({ code: 'VEHICLE_UNKNOWN' });
    expect(bugs).toEqual([]);
  });

  test('describes itself by OpenAPI, each route and each answer', async () => {
    const { get, app } = await api(3);
    const { body } = await get('/openapi.json');
    const checked = await new Validator().validate(structuredClone(body));
    expect(checked.errors).toBeUndefined();
    expect(checked.valid).toBe(true);
    const paths = body['paths'] as Record<string, Record<string, { responses: object }>>;
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
      .map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
    expect(Object.keys(paths).sort()).toEqual([...new Set(served)].sort());
    const asked = {
      '/v1/views': ['/v1/views'],
      '/v1/views/{view}': [
        `${view}?metrics=trips`,
        `${view}?metrics=x`,
        `${view}?metrics=trips&atBlock=99`,
      ],
      '/v1/vehicles/{vid}': [`/v1/vehicles/${vid}`, '/v1/vehicles/x'],
      '/v1/status': ['/v1/status'],
    };
    for (const [path, addresses] of Object.entries(asked)) {
      for (const address of addresses) {
        const { status } = await get(address);
        expect(Object.keys(paths[path]?.['get']?.responses ?? {})).toContain(String(status));
      }
    }
  });
});
