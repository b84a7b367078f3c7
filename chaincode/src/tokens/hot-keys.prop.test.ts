import { type CreditKey, keyAccount } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Endorsed } from '../testing/test-ledger.ts';
import { anna, TestTreasury } from './testing/test-treasury.ts';

const MAKER = 'org:MakerMSP';
const SELLER = 'org:GarageMSP';
const PURSES = 100;

/** Accounts of one organisation that have something, each in the first lane. */
async function funded(treasury: TestTreasury, count: number): Promise<string[]> {
  const purses = Array.from({ length: count }, (_, at) => `org:MakerMSP/purse-${at}`);
  await treasury.fund(MAKER, String(count * 10));
  const legs = purses.map((to) => ({ to, amount: '10' }));
  const pay = { from: MAKER, asset: 'PCC', lane: 0, legs };
  const { effects } = await treasury.submit('MakerMSP', 'pay', pay);
  const [key = ''] = effects.writes.find(([it]) => it.startsWith('credit|')) ?? [];
  const transactionId = key.split('|')[3] ?? '';
  for (const [leg, account] of purses.entries()) {
    const fold = { asset: 'PCC', account, lane: 0, credits: [{ transactionId, leg }] };
    await treasury.submit('MakerMSP', 'fold', fold);
  }
  return purses;
}

function transfer(treasury: TestTreasury, from: string, to: string, lane = 0): Promise<Endorsed> {
  const order = { asset: 'PCC', lane, to, amount: '1' };
  return treasury.endorse('MakerMSP', 'transfer', { from, order });
}

describe('payments endorsed on the same state', () => {
  test('of 100 payers to one account are all valid, and the account has them all', async () => {
    const treasury = await TestTreasury.found();
    const payers = await funded(treasury, PURSES);
    const endorsed = await Promise.all(payers.map((from) => transfer(treasury, from, SELLER)));
    expect(endorsed.filter(({ commit }) => commit())).toHaveLength(PURSES);
    const { credits, total } = await treasury.balance(SELLER);
    expect(credits).toHaveLength(PURSES);
    expect(total).toBe(String(PURSES));
  });

  test('of different lanes are valid in any order, folds of the receiver among them', async () => {
    const treasury = await TestTreasury.found();
    const payers = await funded(treasury, 12);
    const receivers = [SELLER, MAKER, keyAccount(anna.keyId), ...payers.slice(0, 3)];
    const payment = fc.record({
      from: fc.constantFrom(...payers),
      to: fc.constantFrom(...receivers),
    });
    const batch = fc.uniqueArray(payment, { selector: ({ from }) => from, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(batch, fc.nat(), async (payments, seed) => {
        const { credits } = await treasury.balance(SELLER);
        const fold = await foldOf(treasury, credits);
        const endorsed: Endorsed[] = [];
        for (const { from, to } of payments) endorsed.push(await transfer(treasury, from, to));
        const all = fold === undefined ? endorsed : [...endorsed, fold];
        const turn = all.length === 0 ? 0 : seed % all.length;
        const shuffled = [...all.slice(turn), ...all.slice(0, turn)];
        const readKeys = shuffled.flatMap(({ effects }) => effects.reads);
        expect(readKeys.filter((key) => key.startsWith('credit|'))).toHaveLength(
          fold === undefined ? 0 : Math.min(credits.length, 500),
        );
        expect(shuffled.every(({ commit }) => commit())).toBe(true);
        // So that the next run finds as much with the payers.
        for (const { from } of payments) await treasury.fund(from, '1');
      }),
      { numRuns: 40 },
    );
  });

  test('of one lane are valid one at a time, and of two lanes both', async () => {
    const treasury = await TestTreasury.found();
    await treasury.fund(MAKER, '10', 'PCC', 0);
    await treasury.fund(MAKER, '10', 'PCC', 1);
    const endorsed = [
      await transfer(treasury, MAKER, SELLER, 0),
      await transfer(treasury, MAKER, SELLER, 0),
      await transfer(treasury, MAKER, SELLER, 1),
    ];
    expect(endorsed.map(({ commit }) => commit())).toEqual([true, false, true]);
  });
});

async function foldOf(
  treasury: TestTreasury,
  credits: readonly CreditKey[],
): Promise<Endorsed | undefined> {
  if (credits.length === 0) return undefined;
  const names = credits.slice(0, 500).map(({ transactionId, leg }) => ({ transactionId, leg }));
  return treasury.endorse('GarageMSP', 'fold', {
    ...{ asset: 'PCC', account: SELLER, lane: 0, credits: names },
  });
}
