import { type ErrorCode, keyAccount, PassportError } from '@passport/model';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Actor, anna, boris, TestTreasury, treasuryMembers } from './testing/test-treasury.ts';

const keys = [anna, boris];
const members = ['MakerMSP', 'GarageMSP'] as const;
const accounts = [
  ...members.flatMap((mspId) => [`org:${mspId}`, `org:${mspId}/fleet`]),
  ...keys.map(({ keyId }) => keyAccount(keyId)),
];
const actors = [...(Object.keys(treasuryMembers) as Actor[]), 'StrangerMSP' as const];

let treasury: TestTreasury;
beforeAll(async () => {
  treasury = await TestTreasury.found();
  for (const account of accounts) {
    await treasury.fund(account, '1000');
    if (account.startsWith('org:')) await treasury.fund(account, '1000', 'PCC-GOLD');
  }
});

const debit = fc.constantFrom('transfer', 'openHold', 'requestRedemption');
const account = fc.constantFrom(...accounts);
const actor = fc.constantFrom<Actor>(...actors);
const asset = fc.constantFrom('PCC', 'PCC-GOLD');

function orderOf(name: string, token: string, to: string): object {
  const order = { asset: token, lane: 0, amount: '1' };
  const expiresAt = treasury.time(60_000);
  if (name === 'transfer') return { ...order, to };
  if (name === 'openHold') return { ...order, settler: 'MarketMSP', expiresAt };
  return { ...order, payTo: 'iban-1' };
}

/** Endorses only, so that every try meets the same money. */
async function codeOf(call: () => Promise<unknown>): Promise<ErrorCode | 'taken'> {
  try {
    await call();
    return 'taken';
  } catch (error) {
    if (error instanceof PassportError) return error.code;
    throw error;
  }
}

describe('an account', () => {
  test("of an organisation is debited by that organisation's members alone", async () => {
    await fc.assert(
      fc.asyncProperty(actor, debit, account, asset, async (who, name, from, token) => {
        const request = { from, order: orderOf(name, token, 'org:MakerMSP') };
        const code = await codeOf(() => treasury.endorse(who, name, request));
        const isOwn = from.split('/')[0] === `org:${who}`;
        const expected = isOwn ? 'taken' : 'ACCOUNT_FOREIGN';
        expect(code).toBe(who === 'StrangerMSP' ? 'MEMBER_UNKNOWN' : expected);
      }),
    );
  });

  test('of a key is debited by commands of that key alone, whoever relays them', async () => {
    const key = fc.constantFrom(...keys);
    const relay = fc.constantFrom<Actor>('GarageMSP', 'MakerMSP', 'BankMSP');
    await fc.assert(
      fc.asyncProperty(relay, debit, key, account, asset, async (who, name, signer, sub, token) => {
        const signedName = `${name}Signed` as 'transferSigned';
        const order = orderOf(name, token, 'org:MakerMSP');
        const command = await treasury.sign(signer, signedName, order, { sub });
        const code = await codeOf(() => treasury.endorse(who, signedName, command));
        const allowed = token === 'PCC' ? 'taken' : 'GOLD_MEMBERS_ONLY';
        expect(code).toBe(sub === keyAccount(signer.keyId) ? allowed : 'ACCOUNT_FOREIGN');
      }),
    );
  });

  test('of a key neither gives nor gets PCC-Gold; one of a member does', async () => {
    await fc.assert(
      fc.asyncProperty(asset, account, fc.constantFrom(...members), async (token, to, payer) => {
        const isForbidden = token === 'PCC-GOLD' && to.startsWith('key:');
        const expected = isForbidden ? 'GOLD_MEMBERS_ONLY' : 'taken';
        const from = `org:${payer}`;
        const order = orderOf('transfer', token, to);
        expect(await codeOf(() => treasury.endorse(payer, 'transfer', { from, order }))).toBe(
          expected,
        );
        const mint = { asset: token, to, amount: '1', deposit: treasury.commandId() };
        expect(await codeOf(() => treasury.endorse('BankMSP', 'proposeMint', mint))).toBe(expected);
      }),
    );
  });
});
