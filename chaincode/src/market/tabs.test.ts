import { keyAccount, type Tab, TOP_UPS_MAX } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { makeKey } from '../testing/test-users.ts';
import { type Actor, anna, boris } from '../tokens/testing/test-treasury.ts';
import { DAY_MS, HOUR_MS, LEDGER, TestMarket } from './testing/test-market.ts';

const ANNA = keyAccount(anna.keyId);

let market: TestMarket;
beforeEach(async () => {
  market = await TestMarket.found();
  await market.treasury.fund(ANNA, '5000');
});

const lane = async () => (await market.treasury.balance(ANNA)).lanes[0];
const read = ({ buyer, tab }: Tab) => market.read('readTab', { buyer, tab });
const topUp = async (tab: Tab, args: object = {}, key = anna) => {
  const command = await market.sign(key, 'topUpTab', {
    tab: tab.tab,
    lane: 0,
    amount: '1',
    ...args,
  });
  return (await market.submit('MakerMSP', 'topUpTab', command)).answer;
};
const close = async (tab: Tab, key = anna) =>
  (
    await market.submit(
      'MakerMSP',
      'closeTab',
      await market.sign(key, 'closeTab', { tab: tab.tab }),
    )
  ).answer;
const refund = async ({ buyer, tab }: Tab, actor: Actor = 'MakerMSP') =>
  (await market.submit(actor, 'refundTab', { buyer, tab })).answer;

describe('a tab', () => {
  test("is opened by the buyer's key, takes the money out of the account, and is named by the nonce", async () => {
    const command = await market.sign(anna, 'openTab', market.opening(), { jti: 'my-first-tab' });
    const { answer: tab } = await market.submit('GarageMSP', 'openTab', command);
    expect(tab).toEqual({
      ...{ buyer: anna.keyId, tab: 'my-first-tab', operator: 'MarketMSP', ledger: LEDGER },
      ...{ escrow: '1000', settled: '0', refunded: '0', sequence: 0, topUps: 0 },
      ...{ openedAt: market.treasury.time(), expiresAt: market.treasury.time(DAY_MS) },
      ...{ closesAt: null, status: 'open', pinned: { tariff: 0, split: 0 }, windowMs: HOUR_MS },
    });
    expect(await lane()).toEqual({ lane: 0, posted: '4000', held: '0' });
    expect(await read(tab)).toEqual(tab);
    // Whoever relays it again, it is opened once.
    const again = await market.submit('RivalMSP', 'openTab', command);
    expect(again.answer).toEqual(tab);
    expect(await lane()).toEqual({ lane: 0, posted: '4000', held: '0' });
  });

  test('is listed with the others of its buyer, and no one else’s', async () => {
    await market.treasury.fund(keyAccount(boris.keyId), '1000');
    const tabs = [await market.open(anna), await market.open(anna)];
    await market.open(boris);
    expect(await market.read('readTabs', { buyer: anna.keyId })).toEqual(tabs);
  });

  test('pins the tariff, the split and the window of its opening', async () => {
    const split = { owners: 400, sources: 400, members: 50, operator: 150 };
    const version = await market.setParameter('market.split', split);
    const challenge = { settlementPeriodMs: 1_000, windowMs: 7_200_000, tabMsMax: DAY_MS };
    const tab = await market.open(anna);
    await market.setParameter('market.challenge', challenge);
    expect(tab.pinned).toEqual({ tariff: 0, split: version });
    const later = await market.open(anna);
    expect([tab.windowMs, later.windowMs]).toEqual([HOUR_MS, 7_200_000]);
    const { closesAt } = await close(tab);
    expect(closesAt).toBe(market.treasury.time(HOUR_MS));
  });

  test('cannot be opened with more than the lane has, by another key, or twice by one nonce', async () => {
    await expectRefusal(market, 'BALANCE_INSUFFICIENT', () =>
      market.open(anna, { amount: '5001' }),
    );
    await expectRefusal(market, 'BALANCE_INSUFFICIENT', () => market.open(anna, { lane: 1 }));
    await expectRefusal(market, 'ACCOUNT_FOREIGN', () => market.open(boris, {}, { sub: ANNA }));
    await expectRefusal(market, 'COMMAND_SIGNER_FOREIGN', () =>
      market.open(boris, {}, { iss: anna.keyId, sub: ANNA }),
    );
    await market.open(anna, {}, { jti: 'one-nonce' });
    await expectRefusal(market, 'COMMAND_REPLAYED', () =>
      market.open(anna, { amount: '999' }, { jti: 'one-nonce' }),
    );
    await expectRefusal(market, 'AMOUNT_ZERO', () => market.open(anna, { amount: '0' }));
  });

  test('is for this ledger, channel, function, and an operator', async () => {
    const foreign = `fabric:${'ff'.repeat(16)}`;
    await expectRefusal(market, 'COMMAND_TARGET_WRONG', () =>
      market.open(anna, { ledger: foreign }),
    );
    await expectRefusal(market, 'COMMAND_TARGET_WRONG', () =>
      market.open(anna, {}, { aud: 'other' }),
    );
    await expectRefusal(market, 'COMMAND_TARGET_WRONG', () =>
      market.open(anna, {}, { fn: 'Market:topUpTab' }),
    );
    await expectRefusal(market, 'ROLE_MISSING', () => market.open(anna, { operator: 'MakerMSP' }));
    await expectRefusal(market, 'MEMBER_UNKNOWN', () =>
      market.open(anna, { operator: 'StrangerMSP' }),
    );
    await market.treasury.setStatus('MarketMSP', 'suspend');
    await expectRefusal(market, 'MEMBER_SUSPENDED', () => market.open(anna));
  });

  test('is not opened before two members have named the ledger', async () => {
    const bare = await TestMarket.foundBare();
    await bare.treasury.fund(ANNA, '5000');
    await expectRefusal(bare, 'LEDGER_UNNAMED', () => bare.open(anna));
  });

  test('lasts as long as a challenge window at least, and no longer than is allowed', async () => {
    const open = (ms: number) =>
      market.open(anna, { expiresAt: market.treasury.time(ms), amount: '1' });
    await expectRefusal(market, 'EXPIRY_INVALID', () => open(HOUR_MS - 1));
    await expectRefusal(market, 'EXPIRY_INVALID', () => open(90 * DAY_MS + 1));
    await open(HOUR_MS);
    await open(90 * DAY_MS);
  });

  test('is topped up, and may last longer afterwards, never shorter', async () => {
    const tab = await market.open(anna);
    expect(await topUp(tab, { amount: '500' })).toMatchObject({ escrow: '1500', topUps: 1 });
    const expiresAt = market.treasury.time(2 * DAY_MS);
    expect(await topUp(tab, { expiresAt })).toMatchObject({ escrow: '1501', expiresAt });
    const shorter = { expiresAt: market.treasury.time(DAY_MS) };
    await expectRefusal(market, 'EXPIRY_INVALID', () => topUp(tab, shorter));
    await expectRefusal(market, 'BALANCE_INSUFFICIENT', () => topUp(tab, { amount: '3500' }));
    await expectRefusal(market, 'TAB_UNKNOWN', () => topUp(tab, {}, boris));
    expect(await lane()).toEqual({ lane: 0, posted: '3499', held: '0' });
  });

  test('is topped up so often and no more: a buyer cannot get in the way for ever', async () => {
    const tab = await market.open(anna);
    for (let time = 0; time < TOP_UPS_MAX; time += 1) await topUp(tab);
    await expectRefusal(market, 'TAB_FULL', () => topUp(tab));
  });

  test('that its buyer closes gives the rest back after the window, to anybody’s call', async () => {
    const tab = await market.open(anna);
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab));
    await expectRefusal(market, 'TAB_UNKNOWN', () => close(tab, boris));
    expect(await close(tab)).toMatchObject({ status: 'closing' });
    await expectRefusal(market, 'TAB_REFUSED', () => close(tab));
    await expectRefusal(market, 'TAB_REFUSED', () => topUp(tab));
    market.ledger.advance(HOUR_MS - 1);
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab));
    market.ledger.advance(1);
    await expectRefusal(market, 'MEMBER_UNKNOWN', () => refund(tab, 'StrangerMSP'));
    expect(await refund(tab)).toMatchObject({ status: 'closed', refunded: '1000', escrow: '1000' });
    expect((await market.treasury.balance(ANNA)).total).toBe('5000');
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab));
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab, 'MarketMSP'));
  });

  test('that expires gives the rest back, and takes no more top-ups', async () => {
    const tab = await market.open(anna);
    market.ledger.advance(DAY_MS - 1);
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab));
    market.ledger.advance(1);
    await expectRefusal(market, 'TAB_REFUSED', () => topUp(tab));
    await expectRefusal(market, 'TAB_REFUSED', () => close(tab));
    expect(await refund(tab)).toMatchObject({ status: 'closed', refunded: '1000' });
    expect((await market.treasury.balance(ANNA)).total).toBe('5000');
  });

  test('is given back by its operator at any time, and by no other one', async () => {
    const tab = await market.open(anna);
    await expectRefusal(market, 'TAB_REFUSED', () => refund(tab, 'RivalMSP'));
    expect(await refund(tab, 'MarketMSP')).toMatchObject({ status: 'closed', refunded: '1000' });
  });

  test('holds money that nobody else can touch: its account has no name that requests can use', async () => {
    const tab = await market.open(anna);
    const account = `tab:${tab.buyer}/${tab.tab}`;
    const order = { asset: 'PCC', lane: 0, to: ANNA, amount: '1' };
    await expectRefusal(market, 'ACCOUNT_INVALID', () =>
      market.treasury.submit('MarketMSP', 'transfer', { from: account, order }),
    );
    await expectRefusal(market, 'ACCOUNT_INVALID', () =>
      market.treasury.submit('MakerMSP', 'transfer', {
        ...{ from: 'org:MakerMSP', order: { ...order, to: account } },
      }),
    );
    const stranger = makeKey();
    const signed = await market.treasury.sign(stranger, 'transferSigned', order, { sub: account });
    await expectRefusal(market, 'ACCOUNT_INVALID', () =>
      market.treasury.submit('MakerMSP', 'transferSigned', signed),
    );
  });
});
