import type { Watermark } from '@passport/batch-layer';
import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import { type PaymentRequired, type Tab, x402Headers } from '@passport/model';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OpenAPIHono } from '@hono/zod-openapi';

import type { MarketDesk } from '../market/market-desk.ts';
import { defaultSqlLimits } from '../sql/limits.ts';
import { SqlDesk } from '../sql/sql-desk.ts';
import { BatchArchive, someBatches } from '../sql/testing/some-batches.ts';
import { chargedOn, MarketWorld, paying, receiptIn, salesOf } from '../testing/market-world.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { unaskedMarket } from '../testing/unasked-market.ts';
import { addMarketRoutes } from './market-routes.ts';
import { problemOf, sendProblem } from './problem.ts';

const START_MS = 60_000;
const BASE = 20_000n;
const ROW = 20n;
const MAXIMUM = BASE + ROW * BigInt(defaultSqlLimits.rowsMax);
const ESCROW = 10n * MAXIMUM;
const byBrand = 'SELECT brand, sum(trips) AS n FROM released_usage GROUP BY brand ORDER BY brand';

let sql: SqlDesk;
let archive: BatchArchive;
let buyer: SigningKey;
let world: MarketWorld;
let desk: MarketDesk;
let tab: Tab;
let app: OpenAPIHono;
let seq: number;
/** What is known of released batches beside the tables. */
let known: { at: ReturnType<typeof atBlock>; quality: number | null; hasData: boolean };

beforeAll(async () => {
  buyer = await generateSigningKey();
  archive = new BatchArchive(someBatches, 7);
  const limits = { ...defaultSqlLimits, workers: 1, memoryMb: 96 };
  sql = new SqlDesk({ archive, logger: quiet, limits, pollMs: 10 });
  await sql.advance();
}, START_MS);
afterAll(() => sql.close());
beforeEach(async () => {
  world = await MarketWorld.start();
  tab = world.openTab(buyer.keyId, ESCROW);
  seq = 0;
  known = { at: atBlock(7), quality: 800, hasData: true };
  await open();
});

function atBlock(block: number): Watermark {
  return {
    ...{ ledger: 'fabric:a', block, hash: String(block), ledgerTimeMs: block, epochBlocks: 4 },
    ...{ partitions: 1, definitions: 1, tables: {}, edition: 0 },
  };
}

/** Opens the server, or the next one on the same disk. */
async function open(): Promise<void> {
  desk = await world.desk();
  app = new OpenAPIHono();
  app.onError((error, context) => {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return sendProblem(context, problem);
  });
  const { catalogue } = await unaskedMarket();
  const released = {
    get at() {
      return known.at;
    },
    hasBatches: (views: readonly string[]) => views.join() === 'usage' && known.hasData,
    qualityOfViews: (views: readonly string[]) => (views.join() === 'usage' ? known.quality : null),
  };
  addMarketRoutes(app, { catalogue, sql }, { isFree: false, sales: salesOf(desk), released });
}

const ask = (question: object, headers: Readonly<Record<string, string>> = {}) =>
  app.request('http://localhost/v1/sql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ product: 'fleet-usage', ...question }),
  });

async function buy(
  question: object,
  headers: Readonly<Record<string, string>> = {},
  micro = chargedOn(desk, tab) + MAXIMUM,
): Promise<Response> {
  return ask(question, { ...(await paying(buyer, tab, micro, (seq += 1))), ...headers });
}

async function codeOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { readonly code: unknown }).code;
}

describe('a statement that is sold', { timeout: START_MS }, () => {
  test('is quoted at the most rows that it may have, and costs those that it has', async () => {
    const asked = await ask({ sql: byBrand, rowsMax: 50 });
    expect(asked.status).toBe(402);
    const header = Buffer.from(asked.headers.get(x402Headers.required) ?? '', 'base64');
    const { accepts } = JSON.parse(header.toString('utf8')) as PaymentRequired;
    expect(accepts[0]?.amount).toBe(String(BASE + 50n * ROW));
    const bought = await ask(
      { sql: byBrand, rowsMax: 50 },
      await paying(buyer, tab, BASE + 50n * ROW, 1, { accepted: accepts[0] ?? {} }),
    );
    expect(bought.status).toBe(200);
    const body = (await bought.json()) as { readonly rows: unknown[]; readonly block: number };
    expect(body).toMatchObject({ block: 7, product: 'fleet-usage' });
    expect(body.rows).toHaveLength(3);
    expect(receiptIn(bought.headers)).toMatchObject({
      ...{ kind: 'sql', units: 3, block: 7, product: 'fleet-usage', qualityPermille: 800 },
      price: String(BASE + 3n * ROW),
    });
    expect(chargedOn(desk, tab)).toBe(BASE + 3n * ROW);
  });

  test('costs less by the part of the quality that is missing since it was quoted', async () => {
    const asked = await ask({ sql: byBrand, rowsMax: 50 });
    const header = Buffer.from(asked.headers.get(x402Headers.required) ?? '', 'base64');
    const { accepts } = JSON.parse(header.toString('utf8')) as PaymentRequired;
    const pays = await paying(buyer, tab, BASE + 50n * ROW, 1, { accepted: accepts[0] ?? {} });
    known.quality = 600;
    const bought = await ask({ sql: byBrand, rowsMax: 50 }, pays);
    expect(receiptIn(bought.headers)).toMatchObject({
      ...{ qualityPermille: 600, reduction: { permille: 250, reason: 'quality' } },
      price: String(((BASE + 3n * ROW) * 3n) / 4n),
    });
  });

  test('is at an older block when that is asked for, at its full price', async () => {
    archive.block = 11;
    known.at = atBlock(11);
    try {
      await sql.advance();
      const asked = await ask({ sql: byBrand, rowsMax: 50, atBlock: 7 });
      const header = Buffer.from(asked.headers.get(x402Headers.required) ?? '', 'base64');
      const { accepts } = JSON.parse(header.toString('utf8')) as PaymentRequired;
      const pays = await paying(buyer, tab, BASE + 50n * ROW, 1, { accepted: accepts[0] ?? {} });
      const bought = await ask({ sql: byBrand, rowsMax: 50, atBlock: 7 }, pays);
      expect(receiptIn(bought.headers)).toMatchObject({ block: 7, reduction: null });
    } finally {
      archive.block = 7;
    }
  });

  test('is at the block whose quality is known, while tables are ahead', async () => {
    archive.block = 11;
    try {
      await sql.advance();
      expect(receiptIn((await buy({ sql: byBrand })).headers)).toMatchObject({ block: 7 });
      known.at = atBlock(11);
      expect(receiptIn((await buy({ sql: byBrand })).headers)).toMatchObject({ block: 11 });
    } finally {
      archive.block = 7;
    }
  });

  test('over tables that nothing was released of is quoted, costs nothing, and not without end', async () => {
    known.hasData = false;
    const statement = 'SELECT count(*) AS n FROM released_usage WHERE released_block > 7';
    expect((await ask({ sql: statement })).status).toBe(402);
    const named = { 'Idempotency-Key': 'statement-0000001' };
    for (let given = 0; given < 20; given += 1) {
      const answer = await buy({ sql: statement }, given === 0 ? named : {}, MAXIMUM);
      expect(await answer.json()).toMatchObject({ rows: [[0]] });
      expect(answer.headers.get(x402Headers.response)).toBeNull();
    }
    expect(await codeOf(await buy({ sql: statement }))).toBe('RATE_LIMITED');
    expect([chargedOn(desk, tab), desk.journal.kept]).toEqual([0n, []]);
    // Its key stands for nothing yet: with data it is sold.
    [known.hasData, world.nowMs] = [true, world.nowMs + 3_600_001];
    const sold = await buy({ sql: statement }, named, MAXIMUM);
    expect(receiptIn(sold.headers)).toMatchObject({ price: String(BASE + ROW) });
  });

  test('has no more rows than were paid for, as if by LIMIT', async () => {
    const bought = await buy({ sql: byBrand, rowsMax: 2 });
    expect(((await bought.json()) as { readonly rows: unknown[] }).rows).toHaveLength(2);
    expect(chargedOn(desk, tab)).toBe(BASE + 2n * ROW);
  });

  test('runs only where its most rows are covered: a refusal tells nothing of the rows', async () => {
    const one = await buy({ sql: byBrand }, {}, BASE + 3n * ROW);
    const other = await buy({ sql: 'SELECT 1 FROM released_usage' }, {}, BASE + 3n * ROW);
    const bodies = [await one.json(), await other.json()];
    expect(bodies[0]).toMatchObject({ status: 402, code: 'VOUCHER_EXCEEDED' });
    expect(bodies[1]).toEqual(bodies[0]);
    expect(chargedOn(desk, tab)).toBe(0n);
  });

  test('is given again after a restart, computed at its block, the same bytes', async () => {
    const named = { 'Idempotency-Key': 'statement-0000001', Accept: 'text/csv' };
    const paid = { ...(await paying(buyer, tab, MAXIMUM, 1)), ...named };
    const first = await (await ask({ sql: byBrand }, paid)).text();
    archive.block = 11;
    try {
      await sql.advance();
      await open();
      const again = await ask({ sql: byBrand }, paid);
      expect(again.headers.get('passport-block')).toBe('7');
      expect(await again.text()).toBe(first);
      expect(chargedOn(desk, tab)).toBe(BASE + 3n * ROW);
      const other = await ask({ sql: 'SELECT 1' }, paid);
      expect([other.status, await codeOf(other)]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    } finally {
      archive.block = 7;
    }
  });
});

describe('nobody gets by a statement', { timeout: START_MS }, () => {
  test.each([
    ['rows of events', 'SELECT * FROM events', 'SQL_TABLE_REFUSED'],
    ['a log book', 'SELECT * FROM log_book', 'SQL_TABLE_REFUSED'],
    ['a table of another product', 'SELECT * FROM released_mileage', 'SQL_TABLE_REFUSED'],
    ['tables as they come in', 'SELECT * FROM coming.released_usage', 'SQL_TABLE_REFUSED'],
    ['what DuckDB knows', 'SELECT * FROM duckdb_settings()', 'SQL_TABLE_REFUSED'],
    ['a file', "SELECT * FROM '/etc/passwd'", 'SQL_TABLE_REFUSED'],
    ['the environment', "SELECT getenv('HOME')", 'SQL_FUNCTION_REFUSED'],
    ['two answers', 'SELECT 1; SELECT 2', 'SQL_NOT_A_SELECT'],
    ['a change', 'DELETE FROM released_usage', 'SQL_NOT_A_SELECT'],
  ])('%s, and is charged', async (_, statement, code) => {
    const refused = await buy({ sql: statement });
    expect(await codeOf(refused)).toBe(code);
    expect(refused.headers.get(x402Headers.response)).toBeNull();
    expect(chargedOn(desk, tab)).toBe(0n);
    expect(desk.journal.unsettled).toEqual([]);
  });

  test('a cell that was not released: batches of a later block are not there', async () => {
    const statement = 'SELECT count(*) AS n FROM released_usage WHERE released_block > 7';
    const bought = await buy({ sql: statement, atBlock: 7 });
    expect(await bought.json()).toMatchObject({ rows: [[0]], block: 7 });
    const ahead = await buy({ sql: statement, atBlock: 99 });
    expect([ahead.status, await codeOf(ahead)]).toEqual([404, 'BLOCK_NOT_HELD']);
  });

  test('as many bits as they like for nothing, one for each that fails', async () => {
    const statement =
      "SELECT CASE WHEN sum(trips) > 0 THEN CAST('x' AS INT) END FROM released_usage";
    for (let failed = 0; failed < 20; failed += 1) {
      expect(await codeOf(await buy({ sql: statement }))).toBe('SQL_INVALID');
    }
    const refused = await buy({ sql: statement });
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'RATE_LIMITED']);
    expect(chargedOn(desk, tab)).toBe(0n);
    world.nowMs += 3_600_001;
    expect((await buy({ sql: byBrand })).status).toBe(200);
  });

  test('anything without a payment, in a session that is over its limit, or by what is malformed', async () => {
    for (const headers of [
      {},
      { Authorization: 'Passport-Session e30.AAAA' },
      { Authorization: 'Bearer x' },
    ]) {
      expect((await ask({ sql: byBrand }, headers)).status).toBe(402);
    }
    expect((await ask({ sql: byBrand }, { [x402Headers.signature]: '!' })).status).toBe(400);
  });
});
