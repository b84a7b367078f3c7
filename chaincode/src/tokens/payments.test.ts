import { keyAccount } from '@passport/model';
import { beforeEach, describe, expect, test } from 'vitest';

import { makeKey } from '../testing/test-users.ts';
import { expectRefusal } from '../testing/refusal.ts';
import { type Actor, anna, boris, TestTreasury } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const GARAGE = 'org:GarageMSP';
const ANNA = keyAccount(anna.keyId);
const BORIS = keyAccount(boris.keyId);

let treasury: TestTreasury;
beforeEach(async () => {
  treasury = await TestTreasury.found();
});

const order = (changes: object = {}) => ({
  ...{ asset: 'PCC', lane: 0, to: GARAGE, amount: '10' },
  ...changes,
});
const transfer = (changes: object = {}, actor: Actor = 'MakerMSP', from: string = MAKER) =>
  treasury.submit(actor, 'transfer', { from, order: order(changes) });

describe('a transfer', () => {
  test('moves money from a lane to a credit, which is spent once it is folded', async () => {
    await treasury.fund(MAKER, '100');
    const { answer } = await transfer({ amount: '30', memo: 'invoice:7' });
    const { transactionId } = answer.credit;
    expect(await treasury.balance(MAKER)).toMatchObject({
      lanes: [{ lane: 0, posted: '70', held: '0' }],
      total: '70',
    });
    expect(await treasury.balance(GARAGE)).toEqual({
      ...{ asset: 'PCC', account: GARAGE, lanes: [], total: '30' },
      credits: [{ transactionId, leg: 0, amount: '30' }],
    });
    const back = () => transfer({ to: MAKER, amount: '30', lane: 5 }, 'GarageMSP', GARAGE);
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', back);
    const credits = [answer.credit];
    const fold = { asset: 'PCC', account: GARAGE, lane: 5, credits };
    const folded = await treasury.submit('GarageMSP', 'fold', fold);
    expect(folded.answer).toEqual({ lane: 5, posted: '30', held: '0' });
    await expectRefusal(treasury, 'CREDIT_UNKNOWN', () =>
      treasury.submit('GarageMSP', 'fold', fold),
    );
    await back();
    expect((await treasury.balance(GARAGE)).total).toBe('0');
  });

  test('spends what its lane has, and nothing of other lanes', async () => {
    await treasury.fund(MAKER, '100', 'PCC', 0);
    await treasury.fund(MAKER, '50', 'PCC', 1);
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => transfer({ amount: '101' }));
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () =>
      transfer({ amount: '51', lane: 1 }),
    );
    await transfer({ amount: '100' });
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => transfer({ amount: '1' }));
  });

  test('from one lane twice at once goes through once', async () => {
    await treasury.fund(MAKER, '100');
    const request = { from: MAKER, order: order({ amount: '100' }) };
    const first = await treasury.endorse('MakerMSP', 'transfer', request);
    const second = await treasury.endorse('MakerMSP', 'transfer', request);
    expect([first.commit(), second.commit()]).toEqual([true, false]);
    expect((await treasury.balance(GARAGE)).total).toBe('100');
  });

  test('from a purse is by its organisation', async () => {
    await treasury.fund('org:MakerMSP/fleet', '100');
    await transfer({}, 'MakerMSP', 'org:MakerMSP/fleet');
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => transfer());
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () =>
      transfer({}, 'GarageMSP', 'org:MakerMSP/fleet'),
    );
  });

  test('by another organisation, or from a key without its signature, is refused', async () => {
    await treasury.fund(MAKER, '100');
    await treasury.fund(ANNA, '100');
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => transfer({}, 'GarageMSP'));
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => transfer({}, 'MakerMSP', ANNA));
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () =>
      transfer({}, 'StrangerMSP', 'org:StrangerMSP'),
    );
  });

  test('by or to who is suspended is refused', async () => {
    await treasury.fund(MAKER, '100');
    await treasury.setStatus('GarageMSP', 'suspend');
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () => transfer());
    await treasury.setStatus('MakerMSP', 'suspend');
    await expectRefusal(treasury, 'MEMBER_SUSPENDED', () => transfer({ to: ANNA }));
  });

  test('to who is no member is refused', async () => {
    await treasury.fund(MAKER, '100');
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => transfer({ to: 'org:StrangerMSP' }));
  });
});

describe('a payment to many', () => {
  const pay = (legs: unknown, more: object = {}) =>
    treasury.submit('MakerMSP', 'pay', { from: MAKER, asset: 'PCC', lane: 0, legs, ...more });

  test('credits each leg, also two of one receiver', async () => {
    await treasury.fund(MAKER, '100');
    const { answer, effects } = await pay([
      { to: GARAGE, amount: '10' },
      { to: ANNA, amount: '20' },
      { to: GARAGE, amount: '30' },
    ]);
    expect(answer).toEqual({ credits: 3 });
    expect(effects.events).toEqual([['Paid', '{"amount":"60","asset":"PCC","legs":3}']]);
    const { credits, total } = await treasury.balance(GARAGE);
    expect(credits).toMatchObject([
      { leg: 0, amount: '10' },
      { leg: 2, amount: '30' },
    ]);
    expect(total).toBe('40');
    expect((await treasury.balance(MAKER)).total).toBe('40');
  });

  test('of more than the lane has in all pays nobody', async () => {
    await treasury.fund(MAKER, '100');
    const legs = [
      { to: GARAGE, amount: '60' },
      { to: ANNA, amount: '41' },
    ];
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => pay(legs));
  });

  test('has 1 to 1,000 legs', async () => {
    await treasury.fund(MAKER, '1000');
    const legs = (length: number) => Array.from({ length }, () => ({ to: GARAGE, amount: '1' }));
    await expectRefusal(treasury, 'LEGS_INVALID', () => pay([]));
    await expectRefusal(treasury, 'LEGS_INVALID', () => pay(legs(1001)));
    await expectRefusal(treasury, 'LEGS_INVALID', () => pay('all'));
    expect((await pay(legs(1000))).answer).toEqual({ credits: 1000 });
  });

  test('names the leg that is wrong', async () => {
    await treasury.fund(MAKER, '100');
    const legs = [
      { to: GARAGE, amount: '1' },
      { to: GARAGE, amount: '0' },
    ];
    const { pointer } = await expectRefusal(treasury, 'AMOUNT_ZERO', () => pay(legs));
    expect(pointer).toBe('/legs/1/amount');
  });
});

describe("a transfer from a key's account", () => {
  const relay = (command: { readonly command: string }, actor: Actor = 'GarageMSP') =>
    treasury.submit(actor, 'transferSigned', command);

  test('is by a command that the key signed, whoever relays it', async () => {
    await treasury.fund(ANNA, '100');
    await relay(await treasury.sign(anna, 'transferSigned', order({ to: BORIS })));
    await relay(await treasury.sign(anna, 'transferSigned', order({ to: BORIS })), 'RivalMSP');
    expect((await treasury.balance(BORIS)).total).toBe('20');
    expect((await treasury.balance(ANNA)).total).toBe('80');
  });

  test('happens once, however often it is relayed', async () => {
    await treasury.fund(ANNA, '100');
    const command = await treasury.sign(anna, 'transferSigned', order());
    const first = await relay(command);
    const second = await relay(command, 'RivalMSP');
    expect(second.answer).toEqual(first.answer);
    expect((await treasury.balance(ANNA)).total).toBe('90');
  });

  test('relayed twice at once goes through once', async () => {
    await treasury.fund(ANNA, '100');
    const command = await treasury.sign(anna, 'transferSigned', order());
    const first = await treasury.endorse('GarageMSP', 'transferSigned', command);
    const second = await treasury.endorse('RivalMSP', 'transferSigned', command);
    expect([first.commit(), second.commit()]).toEqual([true, false]);
  });

  test('under a nonce that another command used is refused', async () => {
    await treasury.fund(ANNA, '100');
    const jti = 'nonce-0001';
    await relay(await treasury.sign(anna, 'transferSigned', order(), { jti }));
    const other = await treasury.sign(anna, 'transferSigned', order({ amount: '11' }), { jti });
    await expectRefusal(treasury, 'COMMAND_REPLAYED', () => relay(other));
  });

  test("on an account that is not the signer's is refused", async () => {
    await treasury.fund(ANNA, '100');
    await treasury.fund(MAKER, '100');
    const thief = makeKey();
    for (const sub of [ANNA, MAKER]) {
      const command = await treasury.sign(thief, 'transferSigned', order(), { sub });
      await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => relay(command));
    }
    const forged = await treasury.sign(thief, 'transferSigned', order(), {
      ...{ sub: ANNA, iss: anna.keyId },
    });
    await expectRefusal(treasury, 'COMMAND_SIGNER_FOREIGN', () => relay(forged));
  });

  test('signed for another function, channel or time is refused', async () => {
    await treasury.fund(ANNA, '100');
    const now = Math.floor(treasury.ledger.now().getTime() / 1000);
    for (const [code, claims] of [
      ['COMMAND_TARGET_WRONG', { fn: 'Tokens:openHoldSigned' }],
      ['COMMAND_TARGET_WRONG', { aud: 'another' }],
      ['COMMAND_EXPIRED', { exp: now }],
      ['EXPIRY_INVALID', { exp: now + 86_402 }],
      ['ACCOUNT_INVALID', { sub: 'nobody' }],
    ] as const) {
      const command = await treasury.sign(anna, 'transferSigned', order(), claims);
      await expectRefusal(treasury, code, () => relay(command));
    }
  });

  test('is relayed by members only', async () => {
    await treasury.fund(ANNA, '100');
    const command = await treasury.sign(anna, 'transferSigned', order());
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () => relay(command, 'StrangerMSP'));
  });
});

describe('folding', () => {
  const credit = (transactionId: string, leg = 0) => ({ transactionId, leg });

  test('takes named credits, each once, all or none', async () => {
    await treasury.fund(MAKER, '100');
    const paid = [(await transfer()).answer.credit, (await transfer()).answer.credit];
    const fold = (credits: unknown, actor: Actor = 'GarageMSP') =>
      treasury.submit(actor, 'fold', { asset: 'PCC', account: GARAGE, lane: 0, credits });
    const missing = credit('ab'.repeat(32));
    await expectRefusal(treasury, 'CREDIT_UNKNOWN', () => fold([...paid, missing]));
    await expectRefusal(treasury, 'ACCOUNT_FOREIGN', () => fold(paid, 'MakerMSP'));
    expect((await fold(paid)).answer.posted).toBe('20');
  });

  test('refuses no credits, too many, and one that is named twice', async () => {
    const one = credit('ab'.repeat(32));
    const many = Array.from({ length: 501 }, (_, leg) => credit('ab'.repeat(32), leg));
    const last = { ...one, leg: 1000 };
    for (const credits of [[], many, [one, one], [last], 'all', [{ transactionId: 'x', leg: 0 }]]) {
      await expectRefusal(treasury, 'CREDITS_INVALID', () =>
        treasury.submit('GarageMSP', 'fold', { asset: 'PCC', account: GARAGE, lane: 0, credits }),
      );
    }
  });

  test('one credit into two lanes at once goes through once', async () => {
    await treasury.fund(MAKER, '100');
    const credits = [(await transfer()).answer.credit];
    const request = { asset: 'PCC', account: GARAGE, credits };
    const first = await treasury.endorse('GarageMSP', 'fold', { ...request, lane: 0 });
    const second = await treasury.endorse('GarageMSP', 'fold', { ...request, lane: 1 });
    expect([first.commit(), second.commit()]).toEqual([true, false]);
    expect((await treasury.balance(GARAGE)).total).toBe('10');
  });

  test("a key's credits is open to any member, and to members only", async () => {
    await treasury.fund(MAKER, '100');
    const credits = [(await transfer({ to: ANNA })).answer.credit];
    const request = { asset: 'PCC', account: ANNA, lane: 0, credits };
    await expectRefusal(treasury, 'MEMBER_UNKNOWN', () =>
      treasury.submit('StrangerMSP', 'fold', request),
    );
    expect((await treasury.submit('RivalMSP', 'fold', request)).answer.posted).toBe('10');
  });

  test('is not disturbed by a credit that comes in meanwhile', async () => {
    await treasury.fund(MAKER, '100');
    const credits = [(await transfer()).answer.credit];
    const request = { asset: 'PCC', account: GARAGE, lane: 0, credits };
    const fold = await treasury.endorse('GarageMSP', 'fold', request);
    await transfer();
    expect(fold.commit()).toBe(true);
    expect((await treasury.balance(GARAGE)).total).toBe('20');
  });
});

describe('PCC-Gold', () => {
  test('goes between members, and never to or from a key', async () => {
    await treasury.fund(MAKER, '100', 'PCC-GOLD');
    const asset = 'PCC-GOLD';
    await transfer({ asset });
    const refused = (call: () => Promise<unknown>) =>
      expectRefusal(treasury, 'GOLD_MEMBERS_ONLY', call);
    await refused(() => transfer({ asset, to: ANNA }));
    const legs = [
      { to: GARAGE, amount: '1' },
      { to: ANNA, amount: '1' },
    ];
    await refused(() => treasury.submit('MakerMSP', 'pay', { from: MAKER, asset, lane: 0, legs }));
    const mint = { asset, to: ANNA, amount: '1', deposit: 'deposit-gold' };
    await refused(() => treasury.submit('BankMSP', 'proposeMint', mint));
    const expiresAt = treasury.time(1000);
    for (const [name, args] of [
      ['transferSigned', order({ asset })],
      ['openHoldSigned', { asset, lane: 0, amount: '1', settler: 'MarketMSP', expiresAt }],
      ['requestRedemptionSigned', { asset, lane: 0, amount: '1', payTo: 'iban-1' }],
    ] as const) {
      const command = await treasury.sign(anna, name, args);
      await refused(() => treasury.submit('GarageMSP', name, command));
    }
  });

  test('is another token: a balance of PCC does not pay it', async () => {
    await treasury.fund(MAKER, '100', 'PCC');
    await expectRefusal(treasury, 'BALANCE_INSUFFICIENT', () => transfer({ asset: 'PCC-GOLD' }));
  });
});
