import {
  type Amount,
  amountOf,
  type Instant,
  leftOfTab,
  marketLimits,
  microOf,
  phaseOf,
  type ProductSales,
  type Receipt,
  receiptLeaf,
  type ReceiptsSummary,
  receiptsTree,
  type SoldLine,
  type Tab,
  type TabDebits,
  type Voucher,
} from '@passport/model';

import type { DebitLink } from '../market/debit-journal.ts';
import { type OfTab, tabKey } from './of-tab.ts';
import type { Returned } from './settlement-files.ts';

/**
 * Tabs of one settlement: fewer than the contract takes, as its endorsement verifies a signature for each, and is to be
 * far from the deadline of endorsing (100 take some 2 to 5 s on two busy cores: `npm run bench -- settlement`).
 */
const TABS_MAX = 100;

/** What one tab owes. */
export type Owing = OfTab & { readonly sold: readonly SoldLine[]; readonly micro: bigint };

/** A tab as the ledger has it, and the newest voucher that the operator has. */
export type KnownTab = { readonly tab: Tab; readonly accepted: TabDebits['accepted'] };

/** What a settlement asks of the ledger, but for its number. */
export type SettlementTerms = {
  readonly receipts: ReceiptsSummary;
  readonly products: readonly ProductSales[];
  readonly tabs: readonly { readonly voucher: Voucher; readonly claimed: Amount }[];
};

/** A settlement: what it takes, for which sales, in the order of the tree's leaves; and what stays owed. */
export type Planned = {
  /** Null where nothing can be taken now. */
  readonly terms: SettlementTerms | null;
  readonly sold: readonly SoldLine[];
  /** Names of the tabs, in the order of the terms. */
  readonly tabs: readonly OfTab[];
  readonly owed: readonly SoldLine[];
};

/**
 * What tabs owe: what was owed before, then lines of the journal; what was given back is owed by nobody. A credit may
 * be behind the lines: `all` are those that no settlement has.
 */
export function owingOf(
  owed: readonly SoldLine[],
  lines: readonly DebitLink[],
  all: readonly DebitLink[] = lines,
): Owing[] {
  const back = new Set(
    all.flatMap(({ entry }) => (entry.kind === 'credit' ? [entry.credit.receipt] : [])),
  );
  const fresh = lines.flatMap(({ entry }) => (entry.kind === 'sale' ? [soldLineOf(entry)] : []));
  const tabs = new Map<string, SoldLine[]>();
  for (const line of [...owed, ...fresh]) {
    if (back.has(line.receipt.id)) continue;
    const name = tabKey(line.receipt);
    const own = tabs.get(name) ?? [];
    own.push(line);
    tabs.set(name, own);
  }
  return [...tabs.values()].flatMap((sold) => {
    const [first] = sold;
    if (first === undefined) return [];
    const { buyer, tab } = first.receipt;
    return [{ buyer, tab, sold, micro: sumOf(sold) }];
  });
}

/** A sale of the journal, as settlements take it. */
export function soldLineOf({
  receipt,
  asked,
  quote,
}: Extract<DebitLink['entry'], { kind: 'sale' }>): SoldLine {
  return { receipt, asked, ...(quote === null ? {} : { quote }) };
}

/** Sales up to a line that were given back, of lines that no settlement has. */
export function returnedBy(upTo: number, all: readonly DebitLink[]): Returned[] {
  const credits = new Map(
    all.flatMap(({ entry }) =>
      entry.kind === 'credit' ? [[entry.credit.receipt, entry.credit]] : [],
    ),
  );
  return all.flatMap(({ seq, entry }) => {
    const credit = entry.kind === 'sale' ? credits.get(entry.receipt.id) : undefined;
    if (entry.kind !== 'sale' || credit === undefined || seq > upTo) return [];
    return [{ receipt: entry.receipt, credit }];
  });
}

/**
 * Plans a settlement of as many tabs as one transaction takes. Of a tab it claims what the ledger says was taken,
 * and what is owed: receipts and money are the same sum by construction. What cannot be taken (no voucher, too
 * late, another product than fits) stays owed.
 */
export function planSettlement(
  owing: readonly Owing[],
  known: ReadonlyMap<string, KnownTab>,
  time: Instant,
): Planned {
  const taken: { readonly of: Owing; readonly voucher: Voucher; readonly claimed: bigint }[] = [];
  const products = new Map<string, Receipt[]>();
  const owed: SoldLine[] = [];
  for (const of of owing) {
    const tab = known.get(tabKey(of));
    const claim = tab === undefined ? undefined : claimOf(of, tab, time);
    const names = new Set([
      ...products.keys(),
      ...of.sold.map(({ receipt }) => productKey(receipt)),
    ]);
    const fits = taken.length < TABS_MAX && names.size <= marketLimits.products;
    if (claim === undefined || !fits) {
      owed.push(...of.sold);
      continue;
    }
    taken.push({ of, ...claim });
    for (const { receipt } of of.sold) {
      const list = products.get(productKey(receipt)) ?? [];
      list.push(receipt);
      products.set(productKey(receipt), list);
    }
  }
  const sold = taken.flatMap(({ of }) => of.sold);
  if (sold.length === 0) return { terms: null, sold, tabs: [], owed };
  const { root } = receiptsTree(sold.map(({ receipt }) => receiptLeaf(receipt)));
  const terms: SettlementTerms = {
    receipts: { root, count: sold.length, sum: amountOf(sumOf(sold)) },
    products: [...products.values()].map(salesOf),
    tabs: taken.map(({ voucher, claimed }) => ({ voucher, claimed: amountOf(claimed) })),
  };
  return { terms, sold, tabs: taken.map(({ of: { buyer, tab } }) => ({ buyer, tab })), owed };
}

/** What can be claimed of a tab; undefined where it cannot be all that is owed. */
function claimOf(
  { micro }: Owing,
  { tab, accepted }: KnownTab,
  time: Instant,
): { readonly voucher: Voucher; readonly claimed: bigint } | undefined {
  const phase = phaseOf(tab, time);
  if (accepted === null || (phase !== 'open' && phase !== 'closing')) return undefined;
  const claimed = microOf(tab.settled) + micro;
  const isPromised = claimed <= microOf(accepted.amount) && accepted.seq >= tab.sequence;
  if (!isPromised || accepted.exp * 1000 <= Date.parse(time) || micro > leftOfTab(tab)) {
    return undefined;
  }
  return { voucher: accepted.voucher, claimed };
}

function productKey({ product, productVersion }: Receipt): string {
  return `${product} ${productVersion}`;
}

function salesOf(receipts: readonly Receipt[]): ProductSales {
  const [first] = receipts;
  if (first === undefined) throw new Error('a product without receipts');
  const micro = receipts.reduce((sum, { price }) => sum + microOf(price), 0n);
  const { product, productVersion: version } = first;
  return { product, version, receipts: receipts.length, amount: amountOf(micro) };
}

function sumOf(sold: readonly SoldLine[]): bigint {
  return sold.reduce((sum, { receipt }) => sum + microOf(receipt.price), 0n);
}
