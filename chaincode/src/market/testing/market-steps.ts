import fc from 'fast-check';

import { type Earned, type Entry, type MarketAct, type Operator, owners } from './market-act.ts';
import { type NaiveMarket, ownersPartOf, sumOf } from './naive-market.ts';
import { DAY_MS, HOUR_MS } from './test-market.ts';

/** What becomes of a transaction once it is endorsed, as in the histories of `Tokens`. */
export type Fate = 'commit' | 'late' | 'replay' | 'crash';

/** One step of a random history; the act is known once there is a market to choose from. */
export type MarketStep = {
  readonly fate: Fate;
  readonly waitSteps: number;
  readonly advanceMs: number;
  readonly act: (market: NaiveMarket, now: Date, fresh: () => string) => [actor: string, MarketAct];
};

type Choose = fc.Arbitrary<MarketStep['act']>;

const index = fc.nat(1_000);
const buyer = fc.nat(1);
const operator = fc.constantFrom<Operator>('MarketMSP', 'MarketMSP', 'RivalMSP');
const rarely = fc.integer({ min: 0, max: 11 }).map((it) => it === 0);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(1n, 300n) },
  { weight: 1, arbitrary: fc.bigInt(1n, 3_000n) },
);

const open: Choose = fc
  .record({
    ...{ buyer, operator, amount },
    lifeMs: fc.constantFrom(HOUR_MS, 2 * HOUR_MS, DAY_MS, DAY_MS, 1_000, 91 * DAY_MS),
  })
  .map(({ lifeMs, ...it }) => (_, now, fresh) => [
    'GarageMSP',
    { do: 'open', ...it, tab: fresh(), expiresAt: after(now, lifeMs) },
  ]);

const topUp: Choose = fc
  .record({ index, amount, lifeMs: fc.constantFrom(null, null, 0, DAY_MS, 2 * DAY_MS) })
  .map((it) => (market, now) => [
    'MakerMSP',
    {
      ...{ do: 'topUp', ...tabAt(market, it.index), amount: it.amount },
      expiresAt: it.lifeMs === null ? null : after(now, it.lifeMs),
    },
  ]);

const close: Choose = index.map((it) => (market) => [
  'GarageMSP',
  { do: 'close', ...tabAt(market, it) },
]);

const refund: Choose = fc
  .record({ index, actor: fc.constantFrom('MarketMSP', 'RivalMSP', 'MakerMSP', 'MakerMSP') })
  .map((it) => (market) => [it.actor, { do: 'refund', ...tabAt(market, it.index) }]);

const entry = fc.record({
  ...{ index, more: fc.bigInt(0n, 120n), above: fc.bigInt(-1n, 40n) },
  ...{ seqMore: fc.integer({ min: -1, max: 3 }), isForged: rarely, isForeign: rarely },
});

const settle: Choose = fc
  .record({
    ...{ operator, entries: fc.array(entry, { minLength: 1, maxLength: 3 }) },
    ...{ isReused: rarely, isWrong: rarely },
  })
  .map((it) => (market) => {
    const entries = it.entries.map((one): Entry => {
      const all = [...market.tabs].filter(
        ([, tab]) => one.isForeign || (tab.operator === it.operator && tab.status !== 'closed'),
      );
      const [tab, found] = all[one.index % Math.max(1, all.length)] ?? ['no-such-tab', undefined];
      const claimed = (found?.settled ?? 0n) + one.more;
      return {
        ...{ buyer: found?.buyer ?? 0, tab, claimed: claimed > 0n ? claimed : 1n },
        amount: claimed + one.above > 0n ? claimed + one.above : 1n,
        seq: Math.max(1, (found?.sequence ?? 0) + one.seqMore),
        isForged: one.isForged,
      };
    });
    const once = it.isWrong ? entries : [...new Map(entries.map((one) => [one.tab, one])).values()];
    const taken = once.reduce(
      (sum, { tab, claimed }) => sum + claimed - (market.tabs.get(tab)?.settled ?? 0n),
      it.isWrong ? 1n : 0n,
    );
    const done = [...market.settlements.keys()].filter((name) => name.startsWith(it.operator));
    const number = Math.max(1, done.length + (it.isReused ? 0 : 1));
    return [it.operator, { do: 'settle', number, entries: once, sum: taken > 0n ? taken : 1n }];
  });

const distribute: Choose = fc
  .record({
    ...{ operator, lane: fc.nat(1), hasSources: fc.boolean(), share: fc.bigInt(0n, 100n) },
    ...{
      correction: fc.bigInt(-30n, 30n),
      isWrong: rarely,
      numberMore: fc.constantFrom(0, 0, 0, 0, 1),
    },
    ahead: fc.constantFrom(0, 0, 0, 1),
  })
  .map((it) => (market) => {
    const done = market.distributions.get(it.operator) ?? [];
    const before = done.at(-1);
    const names = [...market.settlements.keys()].filter((name) => name.startsWith(it.operator));
    const through = Math.max(1, names.length + it.ahead);
    let taken = 0n;
    for (let number = (before?.last ?? 0) + 1; number <= through; number += 1) {
      taken += market.settlements.get(`${it.operator} ${number}`) ?? 0n;
    }
    const sum = sumOf(before?.earned) + ownersPartOf(taken) + (it.isWrong ? 1n : 0n);
    const number = done.length + 1 + it.numberMore;
    const earned = earnedOf(before?.earned, sum, it.share, it.correction);
    const { lane, hasSources } = it;
    return [it.operator, { do: 'distribute', number, through, lane, hasSources, earned }];
  });

const claim: Choose = fc
  .record({
    // Often an old one: there have to be two distributions for it to be outdated.
    ...{ operator, owner: fc.nat(1), isOld: fc.constantFrom(true, false, false) },
    isForeign: rarely,
    lanes: fc.constantFrom([0], [1], [0, 1], [0, 1], [1, 0]),
  })
  .map((it) => (market, _, fresh) => {
    const done = market.distributions.get(it.operator) ?? [];
    const number = Math.max(1, done.length - (it.isOld ? 1 : 0));
    const strange: Earned = new Map(owners.map(({ keyId }) => [keyId as string, 5_000n]));
    const earned = it.isForeign ? strange : (done[number - 1]?.earned ?? strange);
    const { owner, lanes } = it;
    fresh();
    return ['HouseMSP', { do: 'claim', operator: it.operator, number, owner, lanes, earned }];
  });

/** A step of a random history. */
export const marketStep: fc.Arbitrary<MarketStep> = fc.record({
  fate: fc.constantFrom<Fate>('commit', 'commit', 'commit', 'late', 'late', 'replay', 'crash'),
  waitSteps: fc.integer({ min: 1, max: 4 }),
  advanceMs: fc.constantFrom(0, 1_000, 60_000, HOUR_MS / 2),
  act: fc.oneof(
    { weight: 4, arbitrary: open },
    { weight: 2, arbitrary: topUp },
    { weight: 1, arbitrary: close },
    { weight: 2, arbitrary: refund },
    { weight: 7, arbitrary: settle },
    { weight: 5, arbitrary: distribute },
    { weight: 5, arbitrary: claim },
  ),
});

/** The sum divided between the owners: as before, and what is new by share, with a correction. */
function earnedOf(
  before: Earned | undefined,
  sum: bigint,
  share: bigint,
  correction: bigint,
): Earned {
  const [first, second] = owners.map(({ keyId }) => keyId as string);
  if (first === undefined || second === undefined) throw new Error('two owners are needed');
  const fresh = sum - sumOf(before);
  const wanted = (before?.get(first) ?? 0n) + (fresh * share) / 100n + correction;
  const own = wanted < 0n ? 0n : wanted > sum ? sum : wanted;
  return new Map([
    [first, own],
    [second, sum - own],
  ]);
}

function tabAt(market: NaiveMarket, at: number): { readonly buyer: number; readonly tab: string } {
  const all = [...market.tabs];
  const [tab, found] = (at % 25 === 24 ? undefined : all[at % all.length]) ?? ['no-such-tab'];
  return { buyer: found?.buyer ?? 0, tab };
}

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
