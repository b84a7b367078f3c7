import {
  type Amount,
  amountOf,
  type Distribution,
  microOf,
  PassportError,
  type Settlement,
  type Supply,
} from '@passport/model';

import type { DebitJournal } from '../market/debit-journal.ts';
import type { EarningsDesk } from './statement.ts';

/** Distributions are minutes apart, a look takes milliseconds. */
const LOOKS_MAX = 5;

/** So much of something, and what it comes to. */
type Volume = { readonly receipts: number; readonly amount: Amount };

/** How the market of an operator goes: nothing in it is of one buyer, one owner or one car. */
export type MarketSummary = {
  readonly operator: string;
  readonly ledger: string;
  /** All that was ever sold here: settled, and what waits for it. */
  readonly sold: Volume;
  readonly waiting: Volume;
  readonly settled: Volume & { readonly settlements: number };
  readonly distributed: {
    readonly distributions: number;
    readonly amount: Amount;
    readonly toOwners: Amount;
    readonly toSources: Amount;
    readonly toMembers: Amount;
    readonly toOperator: Amount;
    /** Of the sources' part, what is for the next one. */
    readonly carried: Amount;
  };
  /** What owners were paid in, and have not claimed. */
  readonly owners: { readonly paidIn: Amount; readonly unclaimed: Amount };
  readonly supply: Pick<Supply, 'asset' | 'minted' | 'burned' | 'supply'> & {
    readonly reserve: Amount | null;
  };
  readonly products: readonly (Volume & { readonly product: string })[];
};

/** Sums up what the ledger has, and the journal of this server. Throws PassportError `NOT_READY`. */
export async function summaryOf(
  desk: EarningsDesk,
  journal: Pick<DebitJournal, 'unsettled'>,
): Promise<MarketSummary> {
  const [settlements, { distributions, pool }, supply] = await Promise.all([
    allSettlements(desk),
    sharedOut(desk),
    desk.ledger.supply(),
  ]);
  const settled = totalOf(
    settlements.map(({ receipts: { count, sum } }) => ({ receipts: count, amount: sum })),
  );
  const waiting = waitingIn(journal);
  const left = pool.lanes.reduce((sum, { amount }) => sum + microOf(amount), 0n);
  const { asset, minted, burned, supply: now, reserve } = supply;
  return {
    ...{ operator: desk.operator, ledger: desk.ledgerName, waiting },
    sold: totalOf([settled, waiting]),
    settled: { ...settled, settlements: settlements.length },
    distributed: distributedBy(distributions),
    owners: { paidIn: pool.paidIn, unclaimed: amountOf(left) },
    supply: { asset, minted, burned, supply: now, reserve: reserve?.amount ?? null },
    products: productsOf(settlements),
  };
}

/** Looks until distributions and the owners' pool are of the same moment: one may come between the two. */
async function sharedOut({ ledger }: EarningsDesk) {
  for (let look = 1; ; look += 1) {
    const [distributions, pool] = await Promise.all([ledger.distributions(), ledger.pool()]);
    const newest = distributions.at(-1)?.number ?? 0;
    if (pool.distribution === newest) return { distributions, pool };
    if (look === LOOKS_MAX) throw new PassportError('NOT_READY', 'it is being shared out');
  }
}

async function allSettlements({ ledger }: EarningsDesk): Promise<Settlement[]> {
  const all: Settlement[] = [];
  for (;;) {
    const page = await ledger.settlementsFrom((all.at(-1)?.number ?? 0) + 1);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function waitingIn({ unsettled }: Pick<DebitJournal, 'unsettled'>): Volume {
  let [receipts, micro] = [0, 0n];
  for (const { entry } of unsettled) {
    if (entry.kind === 'voucher') continue;
    const isSale = entry.kind === 'sale';
    receipts += isSale ? 1 : -1;
    micro += isSale ? microOf(entry.receipt.price) : -microOf(entry.credit.amount);
  }
  return { receipts: Math.max(0, receipts), amount: amountOf(micro > 0n ? micro : 0n) };
}

function distributedBy(all: readonly Distribution[]): MarketSummary['distributed'] {
  const legs = all.flatMap((one) => one.legs);
  const to = (as: string): Amount => sumOf(legs.filter((leg) => leg.as === as));
  return {
    distributions: all.length,
    amount: sumOf(all.map(({ taken }) => ({ amount: taken }))),
    toOwners: sumOf(all.map(({ owners }) => ({ amount: owners }))),
    ...{ toSources: to('source'), toMembers: to('member'), toOperator: to('operator') },
    carried: all.at(-1)?.carried?.amount ?? amountOf(0n),
  };
}

function productsOf(settlements: readonly Settlement[]): MarketSummary['products'] {
  const products = new Map<string, Volume[]>();
  for (const { product, receipts, amount } of settlements.flatMap((one) => one.products)) {
    products.set(product, [...(products.get(product) ?? []), { receipts, amount }]);
  }
  const sorted = [...products].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([product, volumes]) => ({ product, ...totalOf(volumes) }));
}

function totalOf(volumes: readonly Volume[]): Volume {
  const receipts = volumes.reduce((sum, one) => sum + one.receipts, 0);
  return { receipts, amount: sumOf(volumes) };
}

function sumOf(list: readonly { readonly amount: Amount }[]): Amount {
  return amountOf(list.reduce((sum, { amount }) => sum + microOf(amount), 0n));
}
