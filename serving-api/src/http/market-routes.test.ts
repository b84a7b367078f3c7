import { fileURLToPath } from 'node:url';

import { OpenAPIHono } from '@hono/zod-openapi';
import {
  defaultMarket,
  type Product,
  type ProductVersion,
  VIEW_DEFINITIONS,
} from '@passport/model';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { Catalogue } from '../catalogue/catalogue.ts';
import { LiveReader } from '../catalogue/live-figures.ts';
import { loadProducts, type OfferedProduct } from '../catalogue/load-products.ts';
import { type ProductLedger, publishProducts } from '../catalogue/product-ledger.ts';
import { defaultSqlLimits } from '../sql/limits.ts';
import { SqlDesk } from '../sql/sql-desk.ts';
import { BatchArchive, someBatches } from '../sql/testing/some-batches.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { addMarketRoutes } from './market-routes.ts';
import { problemOf, sendProblem } from './problem.ts';

const START_MS = 60_000;
const folder = fileURLToPath(new URL('../../../datasets/products', import.meta.url));

/** Products as the contract keeps them. */
class TestLedger implements ProductLedger {
  readonly products = new Map<string, Product>();
  readonly versions: ProductVersion[] = [];

  list(): Promise<readonly Product[]> {
    return Promise.resolve([...this.products.values()]);
  }

  version(product: string, version: number): Promise<ProductVersion> {
    const found = this.versions.find((one) => one.product === product && one.version === version);
    return found === undefined ? Promise.reject(new Error('no version')) : Promise.resolve(found);
  }

  publish({ product, descriptor, digest }: OfferedProduct, version: number): Promise<void> {
    const operator = 'MarketMSP' as Product['operator'];
    const publishedAt = `2026-11-0${version}T00:00:00.000Z` as ProductVersion['publishedAt'];
    this.versions.push({
      product,
      descriptor,
      digest,
      version,
      publishedBy: operator,
      publishedAt,
    });
    this.products.set(product, { product, operator, version, digest, status: 'offered' });
    return Promise.resolve();
  }
}

let sql: SqlDesk;
let offered: readonly OfferedProduct[];
let ledger: TestLedger;
beforeAll(async () => {
  offered = await loadProducts(folder);
  const archive = new BatchArchive(someBatches, 7);
  const limits = { ...defaultSqlLimits, workers: 1, memoryMb: 96 };
  sql = new SqlDesk({ archive, logger: quiet, limits, pollMs: 10 });
  await sql.advance();
}, START_MS);
afterAll(() => sql.close());
beforeEach(async () => {
  ledger = new TestLedger();
  await publishProducts(ledger, offered, quiet);
});

function api(isFree = true): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError((error, context) => {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return sendProblem(context, problem);
  });
  const live = new LiveReader(sql);
  const tariff = () => Promise.resolve(defaultMarket.tariff);
  addMarketRoutes(
    app,
    { catalogue: new Catalogue({ offered, ledger, live, tariff }), sql },
    { isFree, released: { at: undefined, qualityOfViews: () => null, hasBatches: () => false } },
  );
  return app;
}

const get = async (path: string) => {
  const response = await api().request(`http://localhost${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const ask = (body: unknown, headers: Record<string, string> = {}, isFree = true) =>
  api(isFree).request('http://localhost/v1/sql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const statement = { product: 'fleet-usage', sql: 'SELECT sum(trips) AS n FROM released_usage' };

describe('the catalogue', { timeout: START_MS }, () => {
  test('lists what is sold, with price, version and live figures', async () => {
    const { body } = await get('/v1/products');
    const products = body['products'] as Record<string, unknown>[];
    expect(products).toHaveLength(5);
    expect(products[0]).toMatchObject({
      ...{ product: 'fleet-usage', version: 1, status: 'offered', digest: offered[0]?.digest },
      prices: [
        { answer: 'view', base: '2000', unit: '10', permille: 1000 },
        { answer: 'sql', base: '20000', unit: '20', permille: 1000 },
      ],
      live: {
        ...{ block: 7, ledgerTime: '1970-01-01T00:00:07.000Z', batches: 6, newestBatchBlock: 7 },
        ...{ vehicles: 90, sourcesMin: 2, meanQuality: 0 },
      },
    });
    expect(products.at(-1)).toMatchObject({ product: 'vehicle-history', live: null });
  });

  test.each([
    ['q=odometer', ['mileage-statistics', 'vehicle-history']],
    ['q=ODOMETER%20jumps', ['mileage-statistics']],
    ['q=TripMeterReading', ['fleet-usage', 'monthly-driving']],
    ['purpose=sale', ['mileage-statistics', 'vehicle-history']],
    ['view=incidents', ['maintenance-statistics']],
    ['view=usage&purpose=sale', []],
    ['q=nothing-of-that', []],
  ])('is searched by %s', async (search, names) => {
    const { body } = await get(`/v1/products?${search}`);
    expect((body['products'] as { product: string }[]).map(({ product }) => product)).toEqual(
      names,
    );
  });

  test('tells all of a product: schema, tables, samples, versions, DCAT', async () => {
    const [first] = offered;
    if (first === undefined) throw new Error('there are no products');
    const changed = { ...first, digest: 'f'.repeat(64) as OfferedProduct['digest'] };
    await publishProducts(ledger, [changed], quiet);
    await publishProducts(ledger, [changed], quiet);
    const { status, body } = await get('/v1/products/fleet-usage');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ status: 'unpublished', version: null, descriptor: first.descriptor },
      revisions: [
        { version: 2, digest: 'f'.repeat(64), publishedBy: 'MarketMSP' },
        { version: 1, digest: first.digest, publishedAt: '2026-11-01T00:00:00.000Z' },
      ],
      tables: [{ name: 'released_usage' }],
      dcat: {
        ...{ '@id': 'http://localhost/v1/products/fleet-usage', '@type': 'dcat:Dataset' },
        ...{ 'dcat:version': '1', 'dct:issued': '2026-11-01T00:00:00.000Z' },
      },
    });
    const [sample] = body['samples'] as { table: string; rows: { rows: unknown[][] } }[];
    expect(sample?.table).toBe('released_usage');
    expect(sample?.rows.rows).toHaveLength(5);
    // The oldest: what is new is sold.
    expect(sample?.rows.rows[0]).toEqual(expect.arrayContaining([3, 13]));
    expect(await get('/v1/products/none')).toMatchObject({
      status: 404,
      body: { code: 'PRODUCT_UNKNOWN', detail: expect.stringContaining('fleet-usage') as string },
    });
  });

  test('leaves what was withdrawn as it is', async () => {
    const [first] = offered;
    const known = ledger.products.get('fleet-usage');
    if (first === undefined || known === undefined) throw new Error('there are no products');
    ledger.products.set('fleet-usage', { ...known, status: 'withdrawn' });
    const changed = { ...first, digest: 'f'.repeat(64) as OfferedProduct['digest'] };
    await publishProducts(ledger, [changed], quiet);
    expect(ledger.versions.filter(({ product }) => product === 'fleet-usage')).toHaveLength(1);
    await publishProducts(ledger, [first], quiet);
    expect((await get('/v1/products/fleet-usage')).body).toMatchObject({ status: 'withdrawn' });
  });
});

describe('SQL over HTTP', { timeout: START_MS }, () => {
  test('is answered with where it is exact', async () => {
    const response = await ask(statement);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ...{ ledger: 'fabric:0123', block: 7, blockHash: '7', definitions: VIEW_DEFINITIONS },
      ...{ ledgerTime: '1970-01-01T00:00:07.000Z', product: 'fleet-usage' },
      columns: [{ name: 'n', type: 'int64', unit: null, means: 'column 1 of the statement' }],
      rows: [[3_000]],
    });
    const csv = await ask({ ...statement, atBlock: 3 }, { Accept: 'text/csv' });
    expect(csv.headers.get('passport-block')).toBe('3');
    expect(await csv.text()).toBe('n\r\n900\r\n');
  });

  test.each([
    [statement, { Accept: 'text/html' }, 406, 'FORMAT_UNKNOWN'],
    ['{', {}, 400, 'REQUEST_MALFORMED'],
    [{ ...statement, more: 1 }, {}, 400, 'REQUEST_MALFORMED'],
    [{ ...statement, atBlock: -1 }, {}, 400, 'REQUEST_MALFORMED'],
    [{ ...statement, atBlock: 4 }, {}, 404, 'BLOCK_NOT_HELD'],
    [{ ...statement, product: 'none' }, {}, 404, 'PRODUCT_UNKNOWN'],
    [{ ...statement, product: 'vehicle-history' }, {}, 403, 'SQL_TABLE_REFUSED'],
    [{ ...statement, product: 'mileage-statistics' }, {}, 403, 'SQL_TABLE_REFUSED'],
    [{ ...statement, sql: 'SELECT now()' }, {}, 403, 'SQL_FUNCTION_REFUSED'],
    [{ ...statement, sql: 'DELETE FROM released_usage' }, {}, 400, 'SQL_NOT_A_SELECT'],
    [{ ...statement, sql: 'x'.repeat(20_000) }, {}, 422, 'SQL_TOO_LARGE'],
    [{ ...statement, sql: 'x'.repeat(200_000) }, {}, 413, 'REQUEST_TOO_LARGE'],
  ])('refuses %j %j with %i %s', async (body, headers, status, code) => {
    const response = await ask(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('is sold where it is not free, and nothing is computed before', async () => {
    const response = await ask({ ...statement, sql: 'SELECT now()' }, {}, false);
    expect(await response.json()).toMatchObject({ status: 402, code: 'PAYMENT_REQUIRED' });
  });

  test('is described by OpenAPI, with the catalogue', async () => {
    const app = api();
    const description = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'test', version: '1' },
    });
    const checked = await new Validator().validate(structuredClone(description) as never);
    expect(checked.errors).toBeUndefined();
    expect(Object.keys(description.paths ?? {})).toEqual([
      '/v1/products',
      '/v1/products/{name}',
      '/v1/sql',
    ]);
  });
});
