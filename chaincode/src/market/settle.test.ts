import { keyAccount, type Tab } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { signJws } from '../testing/test-users.ts';
import { type Actor, anna, boris } from '../tokens/testing/test-treasury.ts';
import { DAY_MS, HOUR_MS, TestMarket } from './testing/test-market.ts';

const ANNA = keyAccount(anna.keyId);
const BORIS = keyAccount(boris.keyId);

let market: TestMarket;
let tab: Tab;
beforeEach(async () => {
  market = await TestMarket.found();
  await market.treasury.fund(ANNA, '5000');
  await market.treasury.fund(BORIS, '5000');
  tab = await market.open(anna);
});

type Promise_ = {
  readonly amount: string;
  readonly seq?: number;
  readonly claimed?: string;
  readonly claims?: object;
};

/** What one tab's part of a settlement is. */
const entry = async (
  { amount, seq = 1, claimed = amount, claims = {} }: Promise_,
  of = tab,
  key = anna,
) => ({
  voucher: await market.voucher(key, of, amount, seq, claims),
  claimed,
});
const settle = async (
  number: number,
  sum: string,
  entries: readonly { readonly voucher: string; readonly claimed: string }[],
  changes: object = {},
  actor: Actor = 'MarketMSP',
) =>
  (await market.submit(actor, 'settle', market.settlement(number, sum, entries, changes))).answer;
const read = () => market.read('readTab', { buyer: tab.buyer, tab: tab.tab });

describe('a settlement', () => {
  test('takes what is claimed of many tabs at once, and keeps how', async () => {
    const other = await market.open(boris);
    const entries = [
      await entry({ amount: '300' }),
      await entry({ amount: '900', seq: 7, claimed: '500' }, other, boris),
    ];
    expect(await settle(1, '800', entries)).toEqual({ number: 1, taken: '800', tabs: 2 });
    const settlement = await market.read('readSettlement', { operator: 'MarketMSP', number: 1 });
    expect(settlement).toMatchObject({
      ...{ operator: 'MarketMSP', number: 1, settledAt: market.treasury.time() },
      receipts: { root: 'ab'.repeat(32), count: 3, sum: '800' },
      products: [{ product: 'fleet-usage', version: 1, receipts: 3, amount: '800' }],
      tabs: [
        {
          buyer: anna.keyId,
          tab: tab.tab,
          sequence: 1,
          taken: '300',
          pinned: { tariff: 0, split: 0 },
        },
        { buyer: boris.keyId, tab: other.tab, sequence: 7, taken: '500' },
      ],
      bySplit: [{ version: 0, amount: '800' }],
    });
    expect(await read()).toMatchObject({
      escrow: '1000',
      settled: '300',
      sequence: 1,
      status: 'open',
    });
    expect(await market.read('readSettlements', { operator: 'MarketMSP', from: 1 })).toEqual([
      settlement,
    ]);
    expect(await market.read('readSettlements', { operator: 'MarketMSP', from: 2 })).toEqual([]);
  });

  test('takes the difference to what was settled before, of a later voucher or of the same one', async () => {
    await settle(1, '300', [await entry({ amount: '300' })]);
    await settle(2, '100', [await entry({ amount: '900', seq: 2, claimed: '400' })]);
    await settle(3, '500', [await entry({ amount: '900', seq: 2 })]);
    expect(await read()).toMatchObject({ settled: '900', sequence: 2 });
  });

  test('of a replayed, lower or outdated voucher is refused', async () => {
    await settle(1, '300', [await entry({ amount: '300', seq: 5 })]);
    const again = [await entry({ amount: '300', seq: 5 })];
    await expectRefusal(market, 'CLAIM_SETTLED', () => settle(2, '300', again));
    const lower = [await entry({ amount: '200', seq: 6 })];
    await expectRefusal(market, 'CLAIM_SETTLED', () => settle(2, '200', lower));
    const outdated = [await entry({ amount: '500', seq: 4 })];
    await expectRefusal(market, 'VOUCHER_OUTDATED', () => settle(2, '200', outdated));
  });

  test('takes no more than was signed, and no more than was put in', async () => {
    const above = [await entry({ amount: '300', claimed: '301' })];
    await expectRefusal(market, 'VOUCHER_EXCEEDED', () => settle(1, '301', above));
    const rich = [await entry({ amount: '5000', claimed: '1001' })];
    await expectRefusal(market, 'ESCROW_EXCEEDED', () => settle(1, '1001', rich));
    await settle(1, '1000', [await entry({ amount: '5000', claimed: '1000' })]);
    const more = [await entry({ amount: '5000', claimed: '1001' })];
    await expectRefusal(market, 'ESCROW_EXCEEDED', () => settle(2, '1', more));
  });

  test.each([
    ['another ledger', { ledger: `fabric:${'ff'.repeat(16)}` }, 'VOUCHER_FOREIGN'],
    ['another channel', { channel: 'other' }, 'VOUCHER_FOREIGN'],
    ['another contract', { contract: 'Bazaar' }, 'VOUCHER_FOREIGN'],
    ['another operator', { aud: 'RivalMSP' }, 'VOUCHER_FOREIGN'],
    ['another tab', { sub: 'no-such-tab' }, 'TAB_UNKNOWN'],
    ['another buyer', { iss: boris.keyId }, 'TAB_UNKNOWN'],
    ['a time that is over', { exp: 1 }, 'VOUCHER_EXPIRED'],
    ['nothing', { amount: '0' }, 'AMOUNT_ZERO'],
    ['a fraction', { amount: '1.5' }, 'AMOUNT_INVALID'],
    ['no sequence', { seq: 0 }, 'VOUCHER_MALFORMED'],
    ['something more', { nbf: 1 }, 'VOUCHER_MALFORMED'],
  ] as const)('of a voucher for %s is refused', async (_, claims, code) => {
    const entries = [await entry({ amount: '300', claims })];
    const error = await expectRefusal(market, code, () => settle(1, '300', entries));
    expect(error.pointer).toBe('/tabs/0');
  });

  test('of a voucher that somebody else signed, that was changed, or that is a command, is refused', async () => {
    const forged = { ...(await entry({ amount: '300', claims: { iss: anna.keyId } }, tab, boris)) };
    await expectRefusal(market, 'VOUCHER_FOREIGN', () => settle(1, '300', [forged]));
    const [header = '', , signature = ''] = (await entry({ amount: '300' })).voucher.split('.');
    const [, payload = ''] = (await entry({ amount: '400' })).voucher.split('.');
    const changed = { voucher: `${header}.${payload}.${signature}`, claimed: '400' };
    await expectRefusal(market, 'VOUCHER_SIGNATURE_INVALID', () => settle(1, '400', [changed]));
    const command = { voucher: await signJws(anna, 'passport-command+jws', {}), claimed: '1' };
    await expectRefusal(market, 'VOUCHER_MALFORMED', () => settle(1, '1', [command]));
    await expectRefusal(market, 'VOUCHER_MALFORMED', () =>
      settle(1, '1', [{ voucher: 'a.b.c', claimed: '1' }]),
    );
  });

  test('is by the operator of the tab, an operator', async () => {
    const entries = [await entry({ amount: '300' })];
    await market.publish(1, {}, 'RivalMSP', 'rival-usage');
    const products = [{ product: 'rival-usage', version: 1, receipts: 3, amount: '300' }];
    await expectRefusal(market, 'TAB_FOREIGN', () =>
      settle(1, '300', entries, { products }, 'RivalMSP'),
    );
    await expectRefusal(market, 'ROLE_MISSING', () => settle(1, '300', entries, {}, 'MakerMSP'));
    await expectRefusal(market, 'PRODUCT_FOREIGN', () => settle(1, '300', entries, { products }));
  });

  test('names a tab once', async () => {
    const entries = [await entry({ amount: '300' }), await entry({ amount: '400', seq: 2 })];
    const error = await expectRefusal(market, 'TAB_REPEATED', () => settle(1, '400', entries));
    expect(error.pointer).toBe('/tabs/1');
  });

  test('is under its number and its command once, with the same payload only', async () => {
    const request = {
      ...{ commandId: 'batch-00001' },
      ...market.settlement(1, '300', [await entry({ amount: '300' })]),
    };
    const first = await market.submit('MarketMSP', 'settle', request);
    const again = await market.submit('MarketMSP', 'settle', request);
    expect(again.answer).toEqual(first.answer);
    expect(again.effects.writes).toEqual([]);
    const other = { ...request, receipts: { root: 'cd'.repeat(32), count: 3, sum: '300' } };
    await expectRefusal(market, 'COMMAND_ID_REUSED', () =>
      market.submit('MarketMSP', 'settle', other),
    );
    await expectRefusal(market, 'SETTLEMENT_KNOWN', async () =>
      settle(1, '100', [await entry({ amount: '400', seq: 2 })]),
    );
    expect(await read()).toMatchObject({ settled: '300' });
  });

  test('that is endorsed twice at once, or beside a refund, goes through once', async () => {
    const request = (number: number, voucher: { voucher: string; claimed: string }) =>
      market.endorse('MarketMSP', 'settle', market.settlement(number, '300', [voucher]));
    const voucher = await entry({ amount: '300' });
    const { buyer, tab: name } = tab;
    const all = [
      await request(1, voucher),
      await request(1, voucher),
      await request(2, voucher),
      await market.endorse('MarketMSP', 'refundTab', { buyer, tab: name }),
    ];
    expect(all.map(({ commit }) => commit())).toEqual([true, false, false, false]);
    expect(await read()).toMatchObject({ settled: '300', status: 'open' });
  });

  test.each([
    [
      'tabs do not come to its receipts',
      { receipts: { root: 'ab'.repeat(32), count: 3, sum: '301' } },
    ],
    [
      'receipts are not those of its products',
      { receipts: { root: 'ab'.repeat(32), count: 4, sum: '300' } },
    ],
    [
      'products do not come to it',
      { products: [{ product: 'fleet-usage', version: 1, receipts: 3, amount: '299' }] },
    ],
    [
      'a product comes twice',
      {
        products: [
          { product: 'fleet-usage', version: 1, receipts: 1, amount: '100' },
          { product: 'fleet-usage', version: 1, receipts: 2, amount: '200' },
        ],
      },
    ],
  ])('whose %s is refused', async (_, changes) => {
    const entries = [await entry({ amount: '300' })];
    await expectRefusal(market, 'RECEIPTS_WRONG', () => settle(1, '300', entries, changes));
  });

  test('names versions of products that there are; a withdrawn one is settled all the same', async () => {
    const entries = [await entry({ amount: '300' })];
    const of = (version: number) => ({
      products: [{ product: 'fleet-usage', version, receipts: 3, amount: '300' }],
    });
    await expectRefusal(market, 'PRODUCT_UNKNOWN', () => settle(1, '300', entries, of(2)));
    await market.publish(2);
    await market.submit('MarketMSP', 'withdrawProduct', { product: 'fleet-usage' });
    await settle(1, '300', entries, of(1));
  });

  test('reaches a tab that its buyer closes, and none that has ended', async () => {
    const command = await market.sign(anna, 'closeTab', { tab: tab.tab });
    await market.submit('GarageMSP', 'closeTab', command);
    market.ledger.advance(HOUR_MS - 1);
    await settle(1, '300', [await entry({ amount: '300' })]);
    market.ledger.advance(1);
    const late = [await entry({ amount: '400', seq: 2 })];
    await expectRefusal(market, 'TAB_REFUSED', () => settle(2, '100', late));
    const { buyer, tab: name } = tab;
    const { answer } = await market.submit('MakerMSP', 'refundTab', { buyer, tab: name });
    expect(answer).toMatchObject({ settled: '300', refunded: '700' });
    await expectRefusal(market, 'TAB_REFUSED', () => settle(2, '100', late));
  });

  test('does not reach a tab that has expired, however long its voucher lasts', async () => {
    market.ledger.advance(DAY_MS);
    const exp = Math.floor(market.ledger.now().getTime() / 1000) + 1_000;
    const entries = [await entry({ amount: '300', claims: { exp } })];
    await expectRefusal(market, 'TAB_REFUSED', () => settle(1, '300', entries));
  });

  test('has one tab at least, and 250 at most', async () => {
    await expectRefusal(market, 'REQUEST_MALFORMED', () => settle(1, '300', []));
    const one = await entry({ amount: '300' });
    const many = Array.from({ length: 251 }, () => one);
    await expectRefusal(market, 'REQUEST_MALFORMED', () => settle(1, '300', many));
  });
});
