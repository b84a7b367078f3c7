import {
  type Amount,
  amountOf,
  type Credit,
  type KeyId,
  microOf,
  PassportError,
  type Receipt,
  type Settlement,
  type Tab,
} from '@passport/model';

import type { EarningsDesk } from '../settlement/statement.ts';
import type { MarketDesk } from './market-desk.ts';
import type { MarketLedger } from './market-ledger.ts';

/** So many of the newest purchases and credits are listed. */
const LISTED_MAX = 1_000;
/** Settlements of the buyer in one answer. */
const SETTLEMENTS_MAX = 20;

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

/** What a settlement took from a buyer, and for what. */
export type SettledUsage = {
  readonly settlement: number;
  readonly settledAt: string;
  readonly settledInBlock: number | null;
  readonly taken: Amount;
  readonly receipts: readonly Receipt[];
};

/** What a buyer has bought here. */
export type Usage = {
  readonly buyer: KeyId;
  readonly tabs: readonly TabUsage[];
  /** What waits for a settlement: receipts and credits, the newest last. */
  readonly receipts: readonly Receipt[];
  readonly credits: readonly Credit[];
  /** What came back of tabs that are closed. */
  readonly refunded: Amount;
  /** What was settled, the newest first. */
  readonly settled: readonly SettledUsage[];
  /** Ask for settlements `before` this one; null where there are none. */
  readonly next: number | null;
};

/** What usage is told from. */
export type UsageParts = {
  readonly desk: MarketDesk;
  readonly ledger: Pick<MarketLedger, 'readTabs'>;
  /** Without it, what was settled is not told. */
  readonly files: Pick<EarningsDesk, 'files' | 'ledger'> | undefined;
};

/** The number in `before` of a URL. Throws PassportError `QUERY_INVALID`. */
export function readPage({ searchParams }: URL): number | undefined {
  const text = searchParams.get('before');
  if (text === null) return undefined;
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new PassportError('QUERY_INVALID', '"before" is a number');
}

/** What a buyer has bought, and what is left of their tabs. Throws PassportError `NOT_READY`. */
export async function usageOf(
  { desk, ledger, files }: UsageParts,
  buyer: KeyId,
  before?: number,
): Promise<Usage> {
  const own = (await ledger.readTabs(buyer)).filter(({ operator }) => operator === desk.operator);
  const lines = desk.journal.unsettled
    .filter(({ entry }) => entry.buyer === buyer)
    .slice(-LISTED_MAX)
    .map(({ entry }) => entry);
  const refunded = own.reduce((sum, tab) => sum + microOf(tab.refunded), 0n);
  return {
    buyer,
    tabs: own.map((tab) => tabUsage(desk, tab)),
    receipts: lines.flatMap((line) => (line.kind === 'sale' ? [line.receipt] : [])),
    credits: lines.flatMap((line) => (line.kind === 'credit' ? [line.credit] : [])),
    refunded: amountOf(refunded),
    ...(files === undefined ? { settled: [], next: null } : await settledOf(files, buyer, before)),
  };
}

/** A tab, and what was bought on it here. */
export function tabUsage({ journal }: Pick<MarketDesk, 'journal'>, tab: Tab): TabUsage {
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

async function settledOf(
  { files, ledger }: Pick<EarningsDesk, 'files' | 'ledger'>,
  buyer: KeyId,
  before = Number.POSITIVE_INFINITY,
): Promise<Pick<Usage, 'settled' | 'next'>> {
  const all: Settlement[] = [];
  for (;;) {
    const page = await ledger.settlementsFrom((all.at(-1)?.number ?? 0) + 1);
    if (page.length === 0) break;
    all.push(...page);
  }
  const own = all.filter(
    ({ number, tabs }) => number < before && tabs.some((tab) => tab.buyer === buyer),
  );
  const shown = own.slice(-SETTLEMENTS_MAX).reverse();
  const settled = await Promise.all(
    shown.map(async ({ number, settledAt, receipts: { root }, tabs }): Promise<SettledUsage> => {
      const sold = (await files.settlement(number, root)) ?? [];
      const mine = tabs.filter((tab) => tab.buyer === buyer);
      const taken = mine.reduce((sum, tab) => sum + microOf(tab.taken), 0n);
      return {
        ...{ settlement: number, settledAt, taken: amountOf(taken) },
        settledInBlock: await files.blockOf(number, root),
        receipts: sold.map(({ receipt }) => receipt).filter((one) => one.buyer === buyer),
      };
    }),
  );
  return { settled, next: own.length > shown.length ? (shown.at(-1)?.number ?? null) : null };
}
