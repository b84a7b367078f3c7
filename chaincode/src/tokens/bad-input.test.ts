import { type ErrorCode, keyAccount } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { expectRefusal } from '../testing/refusal.ts';
import { anna, TestTreasury, type TokensFunction } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const GARAGE = 'org:GarageMSP';
const HASH = 'ab'.repeat(32);

let treasury: TestTreasury;
let expiresAt: string;
beforeAll(async () => {
  treasury = await TestTreasury.found();
  await treasury.fund(MAKER, '1000000');
  await treasury.fund(keyAccount(anna.keyId), '1000000');
  expiresAt = treasury.time(60_000);
});

const notAmounts = ['10abc', '-1', '1e3', '01', '', 10, 1.5, '1'.repeat(31), '1.0', ' 1', null];

/** Every function that takes an amount, with that one in it. */
const withAmount: Partial<Record<TokensFunction, (amount: unknown) => object>> = {
  attestReserve: (amount) => ({
    ...{ asset: 'PCC', amount, asOf: '2026-11-23T10:00:00.000Z', statement: 'statement-9' },
  }),
  proposeMint: (amount) => ({ asset: 'PCC', to: MAKER, amount, deposit: 'deposit-9' }),
  transfer: (amount) => ({ from: MAKER, order: transferOf(amount) }),
  pay: (amount) => ({ from: MAKER, asset: 'PCC', lane: 0, legs: [{ to: GARAGE, amount }] }),
  openHold: (amount) => ({ from: MAKER, order: holdOf(amount) }),
  captureHold: (amount) => ({ holdId: HASH, legs: [{ to: GARAGE, amount }] }),
  requestRedemption: (amount) => ({ from: MAKER, order: redemptionOf(amount) }),
};
const signedWithAmount: Partial<Record<TokensFunction, (amount: unknown) => object>> = {
  transferSigned: transferOf,
  openHoldSigned: holdOf,
  requestRedemptionSigned: redemptionOf,
};

function transferOf(amount: unknown): object {
  return { asset: 'PCC', lane: 0, to: GARAGE, amount };
}
function holdOf(amount: unknown): object {
  return { asset: 'PCC', lane: 0, amount, settler: 'MarketMSP', expiresAt };
}
function redemptionOf(amount: unknown): object {
  return { asset: 'PCC', lane: 0, amount, payTo: 'iban-1' };
}

/** A transfer that goes through, changed. */
const expectRefusedTransfer = (code: ErrorCode, changes: object) =>
  expectRefusal(treasury, code, () =>
    treasury.submit('MakerMSP', 'transfer', { from: MAKER, order: transferOf('1'), ...changes }),
  );

describe('an amount', () => {
  test.each(Object.keys(withAmount) as TokensFunction[])('of %s is digits', async (name) => {
    for (const amount of notAmounts) {
      const { pointer } = await expectRefusal(treasury, 'AMOUNT_INVALID', () =>
        treasury.submit('MakerMSP', name, withAmount[name]?.(amount) ?? {}),
      );
      expect(pointer).toMatch(/\/amount$/);
    }
    if (name === 'attestReserve') return;
    await expectRefusal(treasury, 'AMOUNT_ZERO', () =>
      treasury.submit('MakerMSP', name, withAmount[name]?.('0') ?? {}),
    );
  });

  test.each(Object.keys(signedWithAmount) as TokensFunction[])(
    'of %s is digits, signed or not',
    async (name) => {
      for (const amount of [...notAmounts, '0']) {
        const command = await treasury.sign(anna, name, signedWithAmount[name]?.(amount) ?? {});
        await expectRefusal(treasury, amount === '0' ? 'AMOUNT_ZERO' : 'AMOUNT_INVALID', () =>
          treasury.submit('GarageMSP', name, command),
        );
      }
    },
  );
});

describe('a request', () => {
  test('names a token, a lane, an account, a command that can be', async () => {
    for (const asset of ['EUR', 'pcc', '', null, 1]) {
      await expectRefusedTransfer('ASSET_UNKNOWN', { order: { ...transferOf('1'), asset } });
    }
    for (const lane of [-1, 16, 0.5, '0', null]) {
      await expectRefusedTransfer('LANE_INVALID', { order: { ...transferOf('1'), lane } });
    }
    for (const from of ['MakerMSP', 'org:', 'org:MakerMSP/', 'key:short', 'org:a|b', null]) {
      await expectRefusedTransfer('ACCOUNT_INVALID', { from });
    }
    for (const commandId of ['short', 'a'.repeat(65), '', 12345678]) {
      await expectRefusedTransfer('COMMAND_ID_INVALID', { commandId });
    }
    await expectRefusedTransfer('REFERENCE_INVALID', {
      order: { ...transferOf('1'), memo: 'a b' },
    });
    await expectRefusedTransfer('REQUEST_MALFORMED', { more: 1 });
    await expectRefusedTransfer('REQUEST_MALFORMED', { order: [] });
    await expectRefusedTransfer('REQUEST_MALFORMED', { order: { ...transferOf('1'), more: 1 } });
  });

  test('names times, settlers, references and transactions that can be', async () => {
    const refuse = (code: ErrorCode, name: TokensFunction, request: object) =>
      expectRefusal(treasury, code, () => treasury.submit('MakerMSP', name, request));
    for (const time of ['2026-11-24', '2026-02-30T00:00:00.000Z', 0]) {
      const hold = { ...holdOf('1'), expiresAt: time };
      await refuse('INSTANT_INVALID', 'openHold', { from: MAKER, order: hold });
    }
    const hold = { ...holdOf('1'), settler: '' };
    await refuse('MSP_ID_INVALID', 'openHold', { from: MAKER, order: hold });
    await refuse('REFERENCE_INVALID', 'confirmRedemption', { redemptionId: HASH, payout: '' });
    await refuse('REASON_INVALID', 'rejectMint', { mintId: HASH, reason: '' });
    await refuse('REQUEST_MALFORMED', 'closeHold', { holdId: HASH.toUpperCase() });
    await refuse('COMMAND_MALFORMED', 'transferSigned', { command: 'a.b.c' });
  });

  test('in which only the last digit of the amount differs is another command', async () => {
    const commandId = 'command-reused';
    const pay = (amount: string) =>
      treasury.submit('MakerMSP', 'transfer', {
        ...{ commandId, from: MAKER, order: transferOf(amount) },
      });
    const first = await pay('1');
    expect((await pay('1')).answer).toEqual(first.answer);
    await expectRefusal(treasury, 'COMMAND_ID_REUSED', () => pay('2'));
    expect((await treasury.balance(GARAGE)).credits).toHaveLength(1);
  });
});
