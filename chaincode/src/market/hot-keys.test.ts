import { keyAccount, type Tab } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Endorsed } from '../testing/test-ledger.ts';
import { makeKey, type TestKey } from '../testing/test-users.ts';
import { ownersOf } from './testing/owners.ts';
import { TestMarket } from './testing/test-market.ts';

const BUYERS = 100;
const MAKER = 'org:MakerMSP';

let market: TestMarket;
const keys = Array.from({ length: BUYERS }, () => makeKey());
let tabs: Tab[];

beforeAll(async () => {
  market = await TestMarket.found();
  await market.treasury.fund(MAKER, String(BUYERS * 1_000));
  const legs = keys.map(({ keyId }) => ({ to: keyAccount(keyId), amount: '1000' }));
  const pay = { from: MAKER, asset: 'PCC', lane: 0, legs };
  const { effects } = await market.treasury.submit('MakerMSP', 'pay', pay);
  const [key = ''] = effects.writes.find(([it]) => it.startsWith('credit|')) ?? [];
  const [, , , transactionId = ''] = key.split('|');
  for (const [leg, { keyId }] of keys.entries()) {
    const fold = { asset: 'PCC', account: keyAccount(keyId), lane: 0 };
    const credits = [{ transactionId, leg }];
    await market.treasury.submit('GarageMSP', 'fold', { ...fold, credits });
  }
});

const opening = async (key: TestKey) =>
  market.endorse(
    'GarageMSP',
    'openTab',
    await market.sign(key, 'openTab', market.opening({ amount: '400' })),
  );
const settling = async (number: number, from: number, to: number): Promise<Endorsed> => {
  const some = tabs.slice(from, to);
  const entries = await Promise.all(
    some.map(async (tab, at) => ({
      voucher: await market.voucher(keys[from + at] ?? makeKey(), tab, '10', 1),
      claimed: '10',
    })),
  );
  return market.endorse(
    'MarketMSP',
    'settle',
    market.settlement(number, String(10 * some.length), entries),
  );
};
const valid = (all: readonly Endorsed[]) => all.filter(({ commit }) => commit()).length;

describe('transactions endorsed on the same state', () => {
  test(`of ${BUYERS} buyers who open tabs are all valid`, async () => {
    const endorsed = await Promise.all(keys.map((key) => opening(key)));
    expect(valid(endorsed)).toBe(BUYERS);
    tabs = endorsed.map(({ answer }) => answer as Tab);
  });

  test('of settlements of different tabs, and of buyers who open more, are all valid in any order', async () => {
    const endorsed = await Promise.all([
      ...keys.slice(0, 50).map((key) => opening(key)),
      settling(1, 0, 40),
      settling(2, 40, 80),
      settling(3, 80, 100),
      ...keys.slice(50).map((key) => opening(key)),
    ]);
    expect(valid(endorsed.reverse())).toBe(BUYERS + 3);
  });

  test('of owners who claim from different lanes, and of a settlement, are all valid', async () => {
    const owners = Array.from({ length: 4 }, () => makeKey());
    const total = new Map(owners.map(({ keyId }) => [keyId as string, 50n]));
    const one = new Map(owners.map(({ keyId }) => [keyId as string, 125n]));
    const first = { number: 1, through: 1, lane: 0, sources: [], root: ownersOf(total).root };
    await market.submit('MarketMSP', 'distribute', first);
    const second = { number: 2, through: 3, lane: 1, sources: [], root: ownersOf(one).root };
    await market.submit('MarketMSP', 'distribute', second);
    const claiming = async (key: TestKey, lane: number) =>
      market.endorse('GarageMSP', 'claim', {
        ...{ operator: 'MarketMSP', number: 2, lanes: [lane] },
        claims: [
          {
            command: (await market.sign(key, 'claim', { operator: 'MarketMSP' })).command,
            proof: ownersOf(one).proofOf(key.keyId),
          },
        ],
      });
    const [a, b, c] = owners;
    if (a === undefined || b === undefined || c === undefined) throw new Error('no owners');
    const endorsed = [await claiming(a, 0), await claiming(b, 1), await claiming(c, 1)];
    // Two of one lane meet; the second one is endorsed again.
    expect(endorsed.map(({ commit }) => commit())).toEqual([true, true, false]);
    expect(valid([await claiming(c, 1)])).toBe(1);
  });
});
