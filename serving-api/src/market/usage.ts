import {
  type Amount,
  amountOf,
  type Credit,
  type KeyId,
  type Receipt,
  type Tab,
  microOf,
} from '@passport/model';

import type { MarketDesk } from './market-desk.ts';
import type { MarketLedger } from './market-ledger.ts';

/** So many of the newest purchases and credits are listed. */
const LISTED_MAX = 1_000;

/** A tab as the operator sees it. */
export type TabUsage = {
  readonly tab: Tab;
  /** Of all that was ever bought. */
  readonly charged: Amount;
  /** Of that, what no settlement has taken yet. */
  readonly unsettled: Amount;
  /** What can still be spent. */
  readonly left: Amount;
};

/** What a buyer has bought here. */
export type Usage = {
  readonly buyer: KeyId;
  readonly tabs: readonly TabUsage[];
  /** What waits for a settlement: receipts and credits, the newest last. */
  readonly receipts: readonly Receipt[];
  readonly credits: readonly Credit[];
};

/** What a buyer has bought, and what is left of their tabs. Throws PassportError `NOT_READY`. */
export async function usageOf(
  desk: MarketDesk,
  ledger: Pick<MarketLedger, 'readTabs'>,
  buyer: KeyId,
): Promise<Usage> {
  const own = (await ledger.readTabs(buyer)).filter(({ operator }) => operator === desk.operator);
  const lines = desk.journal.unsettled
    .filter(({ entry }) => entry.buyer === buyer)
    .slice(-LISTED_MAX)
    .map(({ entry }) => entry);
  return {
    buyer,
    tabs: own.map((tab) => tabUsage(desk, tab)),
    receipts: lines.flatMap((line) => (line.kind === 'sale' ? [line.receipt] : [])),
    credits: lines.flatMap((line) => (line.kind === 'credit' ? [line.credit] : [])),
  };
}

function tabUsage({ journal }: MarketDesk, tab: Tab): TabUsage {
  const settled = microOf(tab.settled);
  const { charged } = journal.of(tab, settled);
  const left = microOf(tab.escrow) - charged - microOf(tab.refunded);
  return {
    tab,
    charged: amountOf(charged),
    unsettled: amountOf(charged - settled),
    left: amountOf(left > 0n ? left : 0n),
  };
}
