import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseMspId } from '../identifiers/names.ts';
import { defaultMarket, marketChallenge, marketSplit, marketTariff } from './market-rules.ts';
import { priceOf } from './price.ts';
import { redistribute } from './redistribution.ts';

const operator = parseMspId('MarketMSP');
const mspId = fc.nat(30).map((it) => parseMspId(`Org${it}MSP`));
const micro = fc.bigInt(0n, 10n ** 15n);
/** Four parts that are 1000 together. */
const parts = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 1000])
  .map(([a = 0, b = 0, c = 0, d = 0, e = 0]) => ({
    ...{ owners: b - a, sources: c - b, members: d - c, operator: e - d },
  }));
const takings = fc.record({
  taken: fc.array(fc.record({ split: parts, micro }), { minLength: 1, maxLength: 4 }),
  carried: micro,
  sources: fc.uniqueArray(fc.record({ mspId, weight: fc.bigInt(1n, 10n ** 20n) }), {
    selector: (it) => it.mspId,
    maxLength: 12,
  }),
  members: fc.uniqueArray(mspId, { minLength: 1, maxLength: 8 }),
  operator: fc.constant(operator),
});

describe('redistribution', () => {
  test('pays out exactly what came in, and nobody nothing', () => {
    fc.assert(
      fc.property(takings, (it) => {
        const { owners, payouts, carried } = redistribute(it);
        const cameIn = it.carried + it.taken.reduce((sum, { micro: part }) => sum + part, 0n);
        const out = payouts.reduce((sum, payout) => sum + payout.micro, 0n);
        expect(owners + out + carried).toBe(cameIn);
        expect(payouts.every((payout) => payout.micro > 0n)).toBe(true);
        expect(carried === 0n || it.sources.length === 0).toBe(true);
      }),
    );
  });

  test('gives each part its quota, but for less than one unit for each version', () => {
    fc.assert(
      fc.property(takings, (it) => {
        const { owners } = redistribute(it);
        const quota = it.taken.reduce(
          (sum, { split, micro: m }) => sum + m * BigInt(split.owners),
          0n,
        );
        const off = owners * 1000n - quota;
        const bound = 1000n * BigInt(it.taken.length);
        expect(off < bound && off > -bound).toBe(true);
      }),
    );
  });

  test('does not depend on the order in which weights are named', () => {
    fc.assert(
      fc.property(takings, (it) => {
        const turned = redistribute({ ...it, sources: [...it.sources].reverse() });
        const byName = (list: typeof turned.payouts) =>
          list.map(({ to, micro: m, as }) => `${as} ${to} ${m}`).sort();
        expect(byName(turned.payouts)).toEqual(byName(redistribute(it).payouts));
      }),
    );
  });
});

describe('the rules of the market', () => {
  test('are consistent from the beginning', () => {
    expect(marketSplit.parse(defaultMarket.split)).toEqual(defaultMarket.split);
    expect(marketTariff.parse(defaultMarket.tariff)).toEqual(defaultMarket.tariff);
    expect(marketChallenge.parse(defaultMarket.challenge)).toEqual(defaultMarket.challenge);
  });

  test('refuse a split that makes or loses money, and a window that is too short', () => {
    const split = { ...defaultMarket.split, owners: 501 };
    expect(marketSplit.safeParse(split).success).toBe(false);
    const window = { settlementPeriodMs: 10, windowMs: 19, tabMsMax: 100 };
    expect(marketChallenge.safeParse(window).success).toBe(false);
    expect(marketChallenge.safeParse({ ...window, windowMs: 20 }).success).toBe(true);
    expect(marketChallenge.safeParse({ ...window, windowMs: 101 }).success).toBe(false);
  });

  test('price an answer by what is counted of it, rounded up', () => {
    const { tariff } = defaultMarket;
    expect(priceOf(tariff, 'view', 0, 1000)).toBe(2_000n);
    expect(priceOf(tariff, 'view', 100, 1000)).toBe(3_000n);
    expect(priceOf(tariff, 'view', 1, 1)).toBe(3n);
    expect(priceOf(tariff, 'stream', 0, 1000)).toBe(0n);
  });
});
