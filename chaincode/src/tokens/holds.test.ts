import { type Hold, keyAccount } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { type Actor, anna, TestTreasury } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const GARAGE = 'org:GarageMSP';
const ANNA = keyAccount(anna.keyId);
const HOUR_MS = 60 * 60 * 1000;

let treasury: TestTreasury;
beforeEach(async () => {
  treasury = await TestTreasury.found();
  await treasury.fund(MAKER, '100');
});

const order = (changes: object = {}) => ({
  ...{ asset: 'PCC', lane: 0, amount: '40', settler: 'MarketMSP' },
  ...{ expiresAt: treasury.time(HOUR_MS), ...changes },
});
const open = async (changes: object = {}, actor: Actor = 'MakerMSP'): Promise<Hold> =>
  (await treasury.submit(actor, 'openHold', { from: MAKER, order: order(changes) })).answer;
const capture = async (holdId: string, amount: string, actor: Actor = 'MarketMSP') => {
  const request = { holdId, legs: [{ to: GARAGE, amount }] };
  return (await treasury.submit(actor, 'captureHold', request)).answer;
};
const close = async (holdId: string, actor: Actor = 'MarketMSP') =>
  (await treasury.submit(actor, 'closeHold', { holdId })).answer;
const lane = async (account: string = MAKER) => (await treasury.balance(account)).lanes[0];

describe('a hold', () => {
  test('sets money of the lane aside, which nothing else can spend', async () => {
    const hold = await open();
    expect(await treasury.read('readHold', { holdId: hold.holdId })).toEqual(hold);
    expect(await lane()).toEqual({ lane: 0, posted: '100', held: '40' });
    const transfer = (amount: string) =>
      treasury.submit('MakerMSP', 'transfer', {
        from: MAKER,
        order: { asset: 'PCC', lane: 0, to: GARAGE, amount },
      });
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => transfer('61'));
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => open({ amount: '61' }));
    await transfer('60');
    expect(await lane()).toEqual({ lane: 0, posted: '40', held: '40' });
  });

  test('is captured in parts, never more than it has left, and the rest comes back', async () => {
    const { holdId } = await open();
    expect(await capture(holdId, '15')).toMatchObject({ taken: '15', status: 'open' });
    expect(await lane()).toEqual({ lane: 0, posted: '85', held: '25' });
    await expectRefusal(treasury, 'HOLD_EXCEEDED', () => capture(holdId, '26'));
    await capture(holdId, '5');
    expect(await close(holdId)).toMatchObject({ amount: '40', taken: '20', status: 'closed' });
    expect(await lane()).toEqual({ lane: 0, posted: '80', held: '0' });
    expect((await treasury.balance(GARAGE)).total).toBe('20');
  });

  test('is captured whole by several legs', async () => {
    const { holdId } = await open();
    const legs = [
      { to: GARAGE, amount: '39' },
      { to: ANNA, amount: '1' },
    ];
    await treasury.submit('MarketMSP', 'captureHold', { holdId, legs });
    await expectRefusal(treasury, 'HOLD_EXCEEDED', () => capture(holdId, '1'));
    expect(await lane()).toEqual({ lane: 0, posted: '60', held: '0' });
    expect((await treasury.balance(ANNA)).total).toBe('1');
  });

  test('that is closed stays closed', async () => {
    const { holdId } = await open();
    await close(holdId);
    await expectRefusal(treasury, 'HOLD_CLOSED', () => close(holdId));
    await expectRefusal(treasury, 'HOLD_CLOSED', () => capture(holdId, '1'));
    treasury.ledger.advance(2 * HOUR_MS);
    await expectRefusal(treasury, 'HOLD_CLOSED', () => close(holdId, 'GarageMSP'));
  });

  test('captured twice at once, or captured and closed, goes through once', async () => {
    const { holdId } = await open();
    const legs = [{ to: GARAGE, amount: '40' }];
    const first = await treasury.endorse('MarketMSP', 'captureHold', { holdId, legs });
    const second = await treasury.endorse('MarketMSP', 'captureHold', { holdId, legs });
    const third = await treasury.endorse('MarketMSP', 'closeHold', { holdId });
    expect([first, second, third].map(({ commit }) => commit())).toEqual([true, false, false]);
    expect((await treasury.balance(GARAGE)).total).toBe('40');
  });

  test('is settled by its settler, an operator, alone', async () => {
    const { holdId } = await open();
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => capture(holdId, '1', 'RivalMSP'));
    await expectRefusal(treasury, 'ROLE_MISSING', () => capture(holdId, '1', 'MakerMSP'));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => capture(holdId, '1', 'StrangerMSP'));
    await treasury.setRoles('MarketMSP', ['maker']);
    await expectRefusal(treasury, 'ROLE_MISSING', () => capture(holdId, '1'));
    expect(await close(holdId)).toMatchObject({ taken: '0', status: 'closed' });
  });

  test('until it expires is captured, and closed by its settler alone', async () => {
    const { holdId, expiresAt } = await open();
    treasury.ledger.advance(HOUR_MS - 1);
    await expectRefusal(treasury, 'NOT_EXPIRED', () => close(holdId, 'MakerMSP'));
    await expectRefusal(treasury, 'NOT_EXPIRED', () => close(holdId, 'RivalMSP'));
    await capture(holdId, '1');
    treasury.ledger.advance(1);
    expect(treasury.time()).toBe(expiresAt);
    await expectRefusal(treasury, 'HOLD_EXPIRED', () => capture(holdId, '1'));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => close(holdId, 'StrangerMSP'));
    expect(await close(holdId, 'GarageMSP')).toMatchObject({ taken: '1', status: 'closed' });
    expect(await lane()).toEqual({ lane: 0, posted: '99', held: '0' });
  });

  test('that would have expired, or of no operator, is not opened', async () => {
    await expectRefusal(treasury, 'EXPIRY_INVALID', () => open({ expiresAt: treasury.time() }));
    await expectRefusal(treasury, 'ROLE_MISSING', () => open({ settler: 'GarageMSP' }));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => open({ settler: 'StrangerMSP' }));
    await treasury.setStatus('MarketMSP', 'suspend');
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () => open());
  });

  test("of another's account is not opened", async () => {
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => open({}, 'GarageMSP'));
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => open({}, 'MarketMSP'));
  });

  test("of a key's account is opened by the key, once", async () => {
    await treasury.fund(ANNA, '100');
    const command = await treasury.sign(anna, 'openHoldSigned', order());
    const first = await treasury.submit('GarageMSP', 'openHoldSigned', command);
    const second = await treasury.submit('RivalMSP', 'openHoldSigned', command);
    expect(second.answer).toEqual(first.answer);
    expect(await lane(ANNA)).toEqual({ lane: 0, posted: '100', held: '40' });
    await capture(first.answer.holdId, '40');
    expect(await lane(ANNA)).toEqual({ lane: 0, posted: '60', held: '0' });
  });

  test('that nobody opened is not there', async () => {
    const holdId = 'ab'.repeat(32);
    await expectRefusal(treasury, 'HOLD_UNKNOWN', () => capture(holdId, '1'));
    await expectRefusal(treasury, 'HOLD_UNKNOWN', () => close(holdId));
    await expectRefusal(treasury, 'HOLD_UNKNOWN', () => treasury.read('readHold', { holdId }));
  });
});
