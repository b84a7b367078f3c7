import { keyAccount } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { type Actor, anna, TestTreasury } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const ANNA = keyAccount(anna.keyId);

let treasury: TestTreasury;
beforeEach(async () => {
  treasury = await TestTreasury.found();
  await treasury.fund(MAKER, '100');
});

const order = (changes: object = {}) => ({
  ...{ asset: 'PCC', lane: 0, amount: '40', payTo: 'iban-1' },
  ...changes,
});
const request = async (changes: object = {}, actor: Actor = 'MakerMSP'): Promise<string> => {
  const { answer } = await treasury.submit(actor, 'requestRedemption', {
    from: MAKER,
    order: order(changes),
  });
  return answer.redemptionId;
};
const confirm = async (redemptionId: string, payout: string, actor: Actor = 'BankMSP') =>
  (await treasury.submit(actor, 'confirmRedemption', { redemptionId, payout })).answer;
const reject = async (redemptionId: string, actor: Actor = 'BankMSP') =>
  (await treasury.submit(actor, 'rejectRedemption', { redemptionId, reason: 'no such bank' }))
    .answer;
const lane = async (account: string = MAKER) => (await treasury.balance(account)).lanes[0];

describe('a redemption', () => {
  test('sets tokens aside, and burns them once they are paid out', async () => {
    const id = await request();
    expect(await lane()).toEqual({ lane: 0, posted: '100', held: '40' });
    expect(await treasury.read('readSupply', { asset: 'PCC' })).toMatchObject({ supply: '100' });
    expect(await confirm(id, 'SEPA/1')).toMatchObject({ status: 'paid', payout: 'SEPA/1' });
    expect(await lane()).toEqual({ lane: 0, posted: '60', held: '0' });
    expect(await treasury.read('readSupply', { asset: 'PCC' })).toMatchObject({
      ...{ minted: '100', burned: '40', supply: '60' },
      reserve: { amount: '100' },
    });
    expect(await treasury.read('readRedemption', { redemptionId: id })).toMatchObject({
      ...{ status: 'paid', payTo: 'iban-1' },
    });
  });

  test('that is rejected gives the tokens back', async () => {
    const id = await request();
    expect(await reject(id)).toMatchObject({ status: 'rejected', payout: null });
    expect(await lane()).toEqual({ lane: 0, posted: '100', held: '0' });
    expect(await treasury.read('readSupply', { asset: 'PCC' })).toMatchObject({ burned: '0' });
  });

  test('that was paid or rejected is over', async () => {
    const [paid, rejected] = [await request(), await request()];
    await confirm(paid, 'SEPA/1');
    await reject(rejected);
    for (const id of [paid, rejected]) {
      await expectRefusal(treasury, 'REDEMPTION_ENDED', () => confirm(id, 'SEPA/2'));
      await expectRefusal(treasury, 'REDEMPTION_ENDED', () => reject(id));
    }
  });

  test('has a payout of its own', async () => {
    const [first, second] = [await request(), await request()];
    await confirm(first, 'SEPA/1');
    await expectRefusal(treasury, 'PAYOUT_USED', () => confirm(second, 'SEPA/1'));
    await confirm(second, 'SEPA/2');
  });

  test('confirmed twice at once, or two with one payout, goes through once', async () => {
    const [first, second] = [await request(), await request()];
    const endorsed = await Promise.all(
      [
        { redemptionId: first, payout: 'SEPA/1' },
        { redemptionId: first, payout: 'SEPA/2' },
        { redemptionId: second, payout: 'SEPA/1' },
      ].map((it) => treasury.endorse('BankMSP', 'confirmRedemption', it)),
    );
    expect(endorsed.map(({ commit }) => commit())).toEqual([true, false, false]);
    expect(await lane()).toEqual({ lane: 0, posted: '60', held: '40' });
  });

  test('of more than can be spent is refused', async () => {
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => request({ amount: '101' }));
    await request({ amount: '100' });
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => request({ amount: '1' }));
  });

  test('is ended by a custodian alone', async () => {
    const id = await request();
    for (const actor of ['MakerMSP', 'AuditMSP'] as const) {
      await expectRefusal(treasury, 'ROLE_MISSING', () => confirm(id, 'SEPA/1', actor));
      await expectRefusal(treasury, 'ROLE_MISSING', () => reject(id, actor));
    }
    await treasury.setStatus('BankMSP', 'suspend');
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () => confirm(id, 'SEPA/1'));
  });

  test("of another's account is refused", async () => {
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => request({}, 'GarageMSP'));
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => request({}, 'BankMSP'));
  });

  test("of a key's account is asked for by the key, once", async () => {
    await treasury.fund(ANNA, '100');
    const command = await treasury.sign(anna, 'requestRedemptionSigned', order());
    const first = await treasury.submit('GarageMSP', 'requestRedemptionSigned', command);
    const second = await treasury.submit('RivalMSP', 'requestRedemptionSigned', command);
    expect(second.answer).toEqual(first.answer);
    await confirm(first.answer.redemptionId, 'SEPA/1');
    expect(await lane(ANNA)).toEqual({ lane: 0, posted: '60', held: '0' });
  });

  test('that nobody asked for is not there', async () => {
    const id = 'ab'.repeat(32);
    const unknown = (call: () => Promise<unknown>) =>
      expectRefusal(treasury, 'REDEMPTION_UNKNOWN', call);
    await unknown(() => confirm(id, 'SEPA/1'));
    await unknown(() => reject(id));
    await unknown(() => treasury.read('readRedemption', { redemptionId: id }));
  });
});
