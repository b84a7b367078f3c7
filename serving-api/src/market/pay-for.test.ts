import { generateSigningKey, type SigningKey } from '@passport/ledger-client';
import {
  type PaymentRequired,
  quote as quoteSchema,
  QUOTE_TYPE,
  type Tab,
  x402Headers,
} from '@passport/model';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  chargedOn,
  MarketWorld,
  NOW_MS,
  operator,
  paying,
  PRICE,
  type Reply,
  voucherOf,
} from '../testing/market-world.ts';
import type { MarketDesk } from './market-desk.ts';
import { openSession } from './open-session.ts';

const KEY = { 'Idempotency-Key': 'purchase-0000001' };
const OTHER = { 'Idempotency-Key': 'purchase-0000002' };

let buyer: SigningKey;
let other: SigningKey;
let world: MarketWorld;
let desk: MarketDesk;
let tab: Tab;
beforeAll(async () => {
  [buyer, other] = [await generateSigningKey(), await generateSigningKey()];
});
beforeEach(async () => {
  world = await MarketWorld.start();
  desk = await world.desk();
  tab = world.openTab(buyer.keyId, 10n * PRICE);
});

const pay = (micro: bigint, seq: number, changes = {}) => paying(buyer, tab, micro, seq, changes);
const required = ({ headers }: Reply): PaymentRequired =>
  JSON.parse(
    Buffer.from(headers.get(x402Headers.required) ?? '', 'base64').toString('utf8'),
  ) as PaymentRequired;

async function session(spend: bigint): Promise<Readonly<Record<string, string>>> {
  const voucher = await voucherOf(buyer, tab, 10n * PRICE, 1);
  const { credential } = await openSession(desk, { voucher, spend: String(spend) });
  return { Authorization: `Passport-Session ${credential}` };
}

describe('an answer that is sold', () => {
  test('is asked for with a quote, bought by it, and has a receipt', async () => {
    const asked = await world.send(desk, {});
    expect(asked).toMatchObject({ status: 402, code: 'PAYMENT_REQUIRED' });
    const [accepted] = required(asked).accepts;
    expect(accepted).toMatchObject({ amount: String(PRICE), payTo: `org:${operator}` });
    const quote = accepted?.extra['quote'] as string;
    expect(desk.seal.open(QUOTE_TYPE, quoteSchema, quote)).toMatchObject({ block: 7 });
    const bought = await world.send(desk, await pay(PRICE, 1, { accepted }));
    expect(bought).toMatchObject({ status: 200, body: 'usage at 7' });
    expect(bought.receipt).toMatchObject({
      price: String(PRICE),
      charged: String(PRICE),
      block: 7,
    });
    expect(chargedOn(desk, tab)).toBe(PRICE);
    expect(desk.journal.unsettled).toHaveLength(1);
  });

  test('costs what was quoted at most, half where it is staler, and is refused for another', async () => {
    const [accepted] = required(await world.send(desk, {})).accepts;
    const other = await pay(PRICE, 1, { accepted });
    expect(await world.send(desk, other, 'other')).toMatchObject({ code: 'QUOTE_INVALID' });
    world.block = 6;
    const bought = await world.send(desk, await pay(PRICE, 2, { accepted }));
    expect(bought.receipt).toMatchObject({
      price: String(PRICE / 2n),
      reduction: { reason: 'staler', permille: 500 },
    });
    world.nowMs += 301_000;
    const late = await pay(9n * PRICE, 3, { accepted });
    expect(await world.send(desk, late)).toMatchObject({ status: 402, code: 'QUOTE_INVALID' });
    expect(chargedOn(desk, tab)).toBe(PRICE / 2n);
  });

  test('costs so much less as its quality is below the quote, and no more where it is above', async () => {
    world.quality = 800;
    const [accepted] = required(await world.send(desk, {})).accepts;
    world.quality = 600;
    const worse = await world.send(desk, await pay(PRICE, 1, { accepted }));
    const reduction = { reason: 'quality', permille: 250 };
    expect(worse.receipt).toMatchObject({ qualityPermille: 600, reduction });
    expect(worse.receipt?.price).toBe(String((PRICE * 750n) / 1000n));
    world.quality = 900;
    const better = await world.send(desk, await pay(9n * PRICE, 2, { accepted }));
    expect(better.receipt).toMatchObject({ price: String(PRICE), reduction: null });
    world.quality = null;
    const none = await world.send(desk, await pay(9n * PRICE, 3, { accepted }));
    // Nothing is given for nothing: the least price is one.
    expect(none.receipt).toMatchObject({ price: '1', reduction: { permille: 1000 } });
  });

  test('is bought in a session up to its limit', async () => {
    const spending = await session(2n * PRICE);
    for (const charged of [PRICE, 2n * PRICE]) {
      const bought = await world.send(desk, spending);
      expect(bought.receipt?.charged).toBe(String(charged));
    }
    const spent = await world.send(desk, spending);
    expect(spent).toMatchObject({ status: 402, code: 'VOUCHER_EXCEEDED' });
    expect(required(spent).accepts[0]?.extra['tab']).toEqual({
      ...{ settled: '0', charged: String(2n * PRICE), seq: 1 },
    });
    const forged = { Authorization: `${spending['Authorization']?.slice(0, -2)}AA` };
    expect(await world.send(desk, forged)).toMatchObject({ status: 402, code: 'SESSION_INVALID' });
    world.nowMs += 3_600_001;
    expect(await world.send(desk, spending)).toMatchObject({ code: 'SESSION_INVALID' });
    expect(chargedOn(desk, tab)).toBe(2n * PRICE);
  });
});

describe('who asks again', () => {
  test('with the same voucher or key gets the same answer, and is charged once', async () => {
    const first = await world.send(desk, await pay(PRICE, 1));
    world.block = 8;
    const voucher = await pay(5n * PRICE, 2);
    const one = await world.send(desk, { ...voucher, ...KEY });
    const same = await Promise.all([1, 2, 3].map(() => world.send(desk, { ...voucher, ...KEY })));
    for (const again of same) expect(again.receipt).toEqual(one.receipt);
    expect(first.body).toBe('usage at 7');
    expect(one.body).toBe('usage at 8');
    expect(chargedOn(desk, tab)).toBe(2n * PRICE);
    expect(await world.send(desk, { ...voucher, ...KEY }, 'other')).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await world.send(desk, { ...voucher, 'Idempotency-Key': 'short' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_INVALID',
    });
  });

  test('at once is charged once, and another request of that key is refused', async () => {
    const voucher = { ...(await pay(9n * PRICE, 1)), ...KEY };
    const all = await Promise.all([
      ...[1, 2, 3, 4].map(() => world.send(desk, voucher)),
      world.send(desk, voucher, 'other'),
    ]);
    expect(all.map(({ code }) => code)).toEqual([null, null, null, null, 'IDEMPOTENCY_KEY_REUSED']);
    expect(chargedOn(desk, tab)).toBe(PRICE);
  });

  test('after a restart gets it at its block, or its price back where it never left', async () => {
    const voucher = { ...(await pay(9n * PRICE, 1)), ...KEY };
    const first = await world.send(desk, voucher);
    world.block = 9;
    desk = await world.desk();
    expect(await world.send(desk, voucher)).toMatchObject({ body: first.body, code: null });
    desk = await world.desk();
    world.oldestBlock = 8;
    for (let times = 0; times < 2; times += 1) {
      expect(await world.send(desk, voucher)).toMatchObject({ code: 'ANSWER_GONE' });
      expect(chargedOn(desk, tab)).toBe(0n);
    }
    desk = await world.desk();
    expect(await world.send(desk, voucher)).toMatchObject({ code: 'ANSWER_GONE' });
    expect(chargedOn(desk, tab)).toBe(0n);
    expect(desk.journal.unsettled.map(({ entry }) => entry.kind)).toEqual(['sale', 'credit']);
  });

  test('for what was given long before the end gets nothing back', async () => {
    const voucher = { ...(await pay(9n * PRICE, 1)), ...KEY };
    await world.send(desk, voucher);
    world.nowMs += 61_000;
    await world.send(desk, { ...(await pay(9n * PRICE, 2)), ...OTHER });
    desk = await world.desk();
    world.oldestBlock = 8;
    expect(await world.send(desk, voucher)).toMatchObject({ code: 'ANSWER_GONE' });
    expect(chargedOn(desk, tab)).toBe(2n * PRICE);
  });
});

describe('nobody gets an answer', () => {
  test.each([
    ['with another ledger', { claims: { ledger: `fabric:${'0b'.repeat(16)}` } }, 'VOUCHER_FOREIGN'],
    ['with another channel', { claims: { channel: 'other' } }, 'VOUCHER_FOREIGN'],
    ['with another operator', { claims: { aud: 'RivalMSP' } }, 'VOUCHER_FOREIGN'],
    ['with another tab', { claims: { sub: 'tab-999999' } }, 'TAB_UNKNOWN'],
    ['for another payee', { accepted: { payTo: 'org:RivalMSP' } }, 'VOUCHER_FOREIGN'],
    [
      'with a voucher that is void',
      { claims: { expiresAt: new Date(NOW_MS - 1_000) } },
      'VOUCHER_EXPIRED',
    ],
    [
      'with one that is void too soon',
      { claims: { expiresAt: new Date(NOW_MS + 1_799_000) } },
      'VOUCHER_EXPIRED',
    ],
  ])('%s', async (_, changes, code) => {
    const refused = await world.send(desk, await pay(PRICE, 1, changes));
    expect(refused).toMatchObject({ status: 402, code, receipt: null });
    expect(refused.body).not.toContain('usage at');
    expect(required(refused).error).toBe(code);
    expect(desk.journal.unsettled).toEqual([]);
  });

  test('with the key of somebody else, a changed voucher, or nothing that can be read', async () => {
    const stolen = await pay(PRICE, 1, { by: other });
    expect(await world.send(desk, stolen)).toMatchObject({ status: 402, code: 'TAB_UNKNOWN' });
    for (const header of ['', 'e30=', 'AAAA', '!', 'e'.repeat(20_000)]) {
      const refused = await world.send(desk, { [x402Headers.signature]: header });
      expect(refused).toMatchObject({ code: 'PAYMENT_MALFORMED', receipt: null });
    }
    const text = Buffer.from((await pay(PRICE, 1))[x402Headers.signature] ?? '', 'base64');
    const [head, rest] = text.toString('utf8').split('"voucher":"');
    const [first = '', , signature = ''] = (rest ?? '').slice(0, -3).split('.');
    const [, claims = ''] = (await voucherOf(buyer, tab, 9n * PRICE, 9)).split('.');
    const changed = `${head}"voucher":"${first}.${claims}.${signature}"}}`;
    const forged = { [x402Headers.signature]: Buffer.from(changed).toString('base64') };
    expect((await world.send(desk, forged)).code).toBe('VOUCHER_SIGNATURE_INVALID');
    expect(chargedOn(desk, tab)).toBe(0n);
  });

  test('by a replayed, lower or older voucher, or one above the escrow', async () => {
    const used = await pay(PRICE, 3);
    await world.send(desk, used);
    // The same purchase again; as another one it pays for nothing.
    expect(await world.send(desk, { ...used, ...KEY })).toMatchObject({ code: 'VOUCHER_EXCEEDED' });
    const older = await pay(9n * PRICE, 2);
    expect(await world.send(desk, older)).toMatchObject({ status: 402, code: 'VOUCHER_OUTDATED' });
    const lower = await pay(PRICE - 1n, 4);
    expect(await world.send(desk, lower)).toMatchObject({ status: 402, code: 'VOUCHER_OUTDATED' });
    const spare = world.openTab(buyer.keyId, PRICE - 1n);
    const above = await paying(buyer, spare, 100n * PRICE, 1);
    expect(await world.send(desk, above)).toMatchObject({ status: 402, code: 'ESCROW_EXCEEDED' });
    expect(chargedOn(desk, tab)).toBe(PRICE);
  });

  test('twice by one voucher, however many ask at once', async () => {
    const voucher = await pay(3n * PRICE, 1);
    const keys = Array.from({ length: 8 }, (_, at) => ({
      'Idempotency-Key': `purchase-number-${at}`,
    }));
    const all = await Promise.all(keys.map((key) => world.send(desk, { ...voucher, ...key })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(chargedOn(desk, tab)).toBe(3n * PRICE);
  });

  test.each([
    ['closing', { status: 'closing' } as const],
    ['closed', { status: 'closed' } as const],
    ['about to expire', { expiresAt: '2026-11-28T12:29:00.000Z' as Tab['expiresAt'] }],
  ])('on a tab that is %s', async (_, changes) => {
    const ending = world.openTab(buyer.keyId, 9n * PRICE, changes);
    const refused = await world.send(desk, await paying(buyer, ending, PRICE, 1));
    expect(refused).toMatchObject({ status: 402, code: 'TAB_REFUSED', receipt: null });
  });

  test('while the ledger is away for longer than tabs may close in; quotes are given', async () => {
    await world.send(desk, await pay(PRICE, 1));
    world.isLedgerAway = true;
    world.nowMs += 59_000;
    expect((await world.send(desk, await pay(2n * PRICE, 2))).status).toBe(200);
    world.nowMs += 2_000;
    expect(await world.send(desk, await pay(3n * PRICE, 3))).toMatchObject({ code: 'NOT_READY' });
    expect((await world.send(desk, {})).status).toBe(402);
    expect(chargedOn(desk, tab)).toBe(2n * PRICE);
  });

  test('and is charged, who has hung up before', async () => {
    const gone = new AbortController();
    gone.abort();
    const voucher = await pay(PRICE, 1);
    expect((await world.send(desk, voucher, 'usage', gone.signal)).status).not.toBe(200);
    expect(chargedOn(desk, tab)).toBe(0n);
    expect((await world.send(desk, voucher)).status).toBe(200);
  });
});
