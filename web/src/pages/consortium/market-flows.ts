import { type Distribution, microOf, type Settlement } from '@passport/model';

import type { Flow } from '../../charts/sankey-layout.ts';

/** What an operator sold, and who got it: what some newest distributions are of. */
export type MarketBooks = {
  readonly operator: string;
  /** In the order of their numbers, without a gap. */
  readonly distributions: readonly Distribution[];
  /** The one before them, whose rest they began with. */
  readonly before: Distribution | undefined;
  /** From the first that they share out to the newest there is. */
  readonly settlements: readonly Settlement[];
};

/** Places of the flows of money, apart from `product:…` and accounts. */
export const marketPlaces = {
  market: 'market',
  carriedIn: 'carried-in',
  owners: 'as:owners',
  source: 'as:source',
  member: 'as:member',
  operator: 'as:operator',
  carried: 'carried',
  waiting: 'waiting',
} as const;

/**
 * The flows of money in micro-PCC: from what was sold to the market, from there to what it is paid as, and on to
 * organisations. What comes into the market is what goes out: what is not distributed yet waits, and what nobody was
 * there for is carried to the next distribution.
 */
export function marketFlows({ distributions, before, settlements }: MarketBooks): Flow[] {
  const flows = new Map<string, Flow>();
  const add = (from: string, to: string, value: bigint): void => {
    const name = `${from} ${to}`;
    flows.set(name, { from, to, value: (flows.get(name)?.value ?? 0n) + value });
  };
  const { market, carriedIn, owners, carried, waiting } = marketPlaces;
  for (const { products } of settlements) {
    for (const { product, amount } of products) add(`product:${product}`, market, microOf(amount));
  }
  if (before?.carried) add(carriedIn, market, microOf(before.carried.amount));
  for (const distribution of distributions) {
    add(market, owners, microOf(distribution.owners));
    for (const { to, amount, as } of distribution.legs) {
      add(market, marketPlaces[as], microOf(amount));
      add(marketPlaces[as], to, microOf(amount));
    }
  }
  const last = distributions.at(-1);
  if (last?.carried) add(market, carried, microOf(last.carried.amount));
  const shared = last?.settlements.last ?? before?.settlements.last ?? 0;
  for (const { number, products } of settlements) {
    if (number <= shared) continue;
    for (const { amount } of products) add(market, waiting, microOf(amount));
  }
  return [...flows.values()].filter(({ value }) => value > 0n);
}
