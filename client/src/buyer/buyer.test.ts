import { microOf } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { ANSWER, MAXIMUM, PRICE, ScriptedMarket, tomorrow } from '../testing/scripted-market.ts';
import { viewAsk } from './asking.ts';
import { generateBuyerKey, importBuyerKey } from './buyer-key.ts';
import { Buyer } from './buyer.ts';
import type { PurseContent, PurseStore } from './purse.ts';

const ESCROW = 20_000n;
const ask = viewAsk({ view: 'usage', metrics: ['trips'], by: ['brand'] });

let market: ScriptedMarket;
let buyer: Buyer;
let kept: PurseContent | undefined;
let again: () => Buyer;

beforeEach(async () => {
  market = await ScriptedMarket.open();
  kept = undefined;
  const store: PurseStore = {
    read: () => Promise.resolve(kept),
    write: async (content) => {
      kept = structuredClone(content);
    },
  };
  const key = await importBuyerKey(await generateBuyerKey());
  const { fetch, now, pause } = market;
  again = () => new Buyer({ api: 'http://market.test', key, store, fetch, now, pause });
  buyer = again();
  await buyer.tabs.open({ amountMicro: ESCROW, expiresAt: tomorrow() });
});

describe('a buyer', () => {
  test('pays by a voucher for what was quoted, and has the receipt checked', async () => {
    const { body, paid } = await buyer.buy(ask);
    expect(new TextDecoder().decode(body)).toBe(ANSWER);
    expect(paid?.receipt).toMatchObject({ price: String(PRICE), charged: String(PRICE) });
    expect(market.vouchers).toMatchObject([{ amount: String(MAXIMUM), seq: 1, aud: 'MutualMSP' }]);
  });

  test('signs no more than was bought and the next may cost, and never less than before', async () => {
    await buyer.buy(ask);
    await buyer.buy(ask);
    await buyer.buy(ask);
    const amounts = market.vouchers.map(({ amount }) => microOf(amount));
    expect(amounts).toEqual([MAXIMUM, PRICE + MAXIMUM, 2n * PRICE + MAXIMUM]);
    expect(market.charged).toBe(3n * PRICE);
  });

  test('asked for many at once, buys one after the other', async () => {
    await Promise.all([1, 2, 3, 4].map(() => buyer.buy(ask)));
    expect(market.vouchers.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(market.charged).toBe(4n * PRICE);
  });

  test('whose answer is lost on the way gets it again, and pays once', async () => {
    market.mischief.lostAnswers = 2;
    expect((await buyer.buy(ask)).paid?.receipt.charged).toBe(String(PRICE));
    expect(market.charged).toBe(PRICE);
    expect(market.vouchers).toHaveLength(1);
  });

  test('that crashed after it signed goes on from what the market says was charged', async () => {
    market.mischief.lostAnswers = 100;
    await expect(buyer.buy(ask)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(kept?.tabs).toMatchObject([{ signed: String(MAXIMUM), seq: 1, charged: '0' }]);
    market.mischief.lostAnswers = 0;
    await again().buy(ask);
    expect(market.vouchers.at(-1)).toMatchObject({ amount: String(PRICE + MAXIMUM), seq: 2 });
  });

  test('gets for nothing what rests on no data, quoted before or not, and owes nothing', async () => {
    market.mischief.emptyAfter = 1;
    for (const time of [1, 2]) {
      const { body, paid } = await buyer.buy(ask);
      expect([new TextDecoder().decode(body), paid], `time ${time}`).toEqual(['{"rows":[]}', null]);
    }
    expect(await buyer.quote(ask)).toBeUndefined();
    expect(market.charged).toBe(0n);
    market.mischief.emptyAfter = 99;
    expect((await buyer.buy(ask)).paid?.receipt.charged).toBe(String(PRICE));
    expect(market.vouchers).toMatchObject([{ amount: String(MAXIMUM), seq: 2 }]);
  });

  test('waits while the market has no answer yet', async () => {
    market.mischief.busy = 3;
    expect((await buyer.buy(ask)).paid).not.toBeNull();
    market.mischief.busy = 99;
    await expect(buyer.buy(ask)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      apiCode: 'NOT_READY',
    });
  });

  test.each([
    ['a payment to somebody else', { payTo: 'org:InsurerMSP' }, 'MARKET_CHANGED'],
    ['a quote by another key', { strangeKey: true }, 'RECEIPT_INVALID'],
  ])('does not pay where it is asked for %s', async (_, mischief, code) => {
    Object.assign(market.mischief, mischief);
    await expect(buyer.buy(ask)).rejects.toMatchObject({ code });
    expect(market.vouchers).toEqual([]);
    expect(market.charged).toBe(0n);
  });

  test('finds out that other bytes came than the receipt is for', async () => {
    market.mischief.otherBytes = true;
    await expect(buyer.buy(ask)).rejects.toMatchObject({
      code: 'RECEIPT_INVALID',
      message: expect.stringContaining('other bytes') as string,
    });
  });

  test('stops where the market says more was charged than was signed for', async () => {
    market.mischief.overchargeMicro = 1_000_000n;
    await expect(buyer.buy(ask)).rejects.toMatchObject({ code: 'CHARGE_DISPUTED' });
    await expect(again().buy(ask)).rejects.toMatchObject({ code: 'CHARGE_DISPUTED' });
    expect(market.vouchers).toHaveLength(1);
  });

  test('pays no more than it wants to', async () => {
    const limit = { atMostMicro: MAXIMUM - 1n };
    await expect(buyer.buy(ask, limit)).rejects.toMatchObject({ code: 'PRICE_ABOVE_LIMIT' });
    expect(market.vouchers).toEqual([]);
    await buyer.buy(ask, { atMostMicro: MAXIMUM });
  });

  test('whose tab has too little is told so before it signs, and goes on after a top-up', async () => {
    for (let bought = 0; microOf(kept?.tabs[0]?.charged ?? never()) + MAXIMUM <= ESCROW;) {
      await buyer.buy(ask);
      bought += 1;
      expect(bought).toBeLessThan(20);
    }
    const before = market.vouchers.length;
    await expect(buyer.buy(ask)).rejects.toMatchObject({ code: 'TAB_SHORT' });
    expect(market.vouchers).toHaveLength(before);
    await buyer.tabs.topUp(ESCROW);
    expect((await buyer.buy(ask)).paid).not.toBeNull();
  });

  test('who has closed the tab has none to pay from', async () => {
    expect(await buyer.tabs.close()).toMatchObject({ status: 'closing' });
    await expect(buyer.buy(ask)).rejects.toMatchObject({ code: 'NO_TAB' });
  });

  test('does not buy from another market in the place of the first', async () => {
    const other = await ScriptedMarket.open();
    const key = await importBuyerKey(await generateBuyerKey());
    const store: PurseStore = { read: () => Promise.resolve(kept), write: async () => {} };
    const { fetch, now, pause } = other;
    const stranger = new Buyer({ api: 'http://other.test', key, store, fetch, now, pause });
    await expect(stranger.buy(ask)).rejects.toMatchObject({ code: 'MARKET_CHANGED' });
  });
});

function never(): never {
  throw new Error('there was to be a tab');
}
