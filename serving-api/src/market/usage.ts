import {
  type Amount,
  amountOf,
  type Credit,
  type KeyId,
  microOf,
  PassportError,
  type Receipt,
  type Settlement,
  type SoldLine,
  type Tab,
  type UsedQuote,
} from '@passport/model';

import type { EarningsDesk } from '../settlement/statement.ts';
import { soldLineOf } from '../settlement/plan-settlement.ts';
import type { SettlementFiles } from '../settlement/settlement-files.ts';
import type { Settler } from '../settlement/settler.ts';
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
  readonly quotes: readonly QuoteOfReceipt[];
};

/**
 * A quote that led to a debit. Of others nothing is kept: they are told to whoever asks, who need not prove a key, and are
 * good by the market's signature alone.
 */
export type QuoteOfReceipt = UsedQuote & { readonly receipt: Receipt['id'] };

/** What a buyer has bought here. */
export type Usage = {
  readonly buyer: KeyId;
  readonly tabs: readonly TabUsage[];
  /** What waits for a settlement, or was given back before one, the newest last. */
  readonly receipts: readonly Receipt[];
  readonly quotes: readonly QuoteOfReceipt[];
  /** What was given back before it was settled, the newest last. */
  readonly credits: readonly Credit[];
  /** What came back of tabs that are closed. */
  readonly refunded: Amount;
  /** What was settled, the newest first. */
  readonly settled: readonly SettledUsage[];
  /** Ask for settlements `before` this one; null where there are none. */
  readonly next: number | null;
};

type Owed = Pick<Settler, 'owed'>;

/** What usage is told from. */
export type UsageParts = {
  readonly desk: MarketDesk;
  readonly ledger: Pick<MarketLedger, 'readTabs'>;
  /** Without it, what was settled is not told. */
  readonly settled:
    | { readonly earnings: Pick<EarningsDesk, 'files' | 'ledger'>; readonly settler: Owed }
    | undefined;
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
  { desk, ledger, settled }: UsageParts,
  buyer: KeyId,
  before?: number,
): Promise<Usage> {
  const own = (await ledger.readTabs(buyer)).filter(({ operator }) => operator === desk.operator);
  const owed = settled?.settler.owed ?? [];
  const lines = desk.journal.unsettled.map(({ entry }) => entry);
  const waiting = [
    ...owed.filter(({ receipt }) => receipt.buyer === buyer),
    ...lines.flatMap((line) =>
      line.kind === 'sale' && line.buyer === buyer ? [soldLineOf(line)] : [],
    ),
  ];
  const credits = lines.flatMap((line) =>
    line.kind === 'credit' && line.buyer === buyer ? [line.credit] : [],
  );
  const refunded = own.reduce((sum, tab) => sum + microOf(tab.refunded), 0n);
  const told = { buyer, tabs: own.map((tab) => tabUsage(desk, tab)), refunded: amountOf(refunded) };
  if (settled === undefined) {
    const newest = { ...toldOf(waiting.slice(-LISTED_MAX)), credits: credits.slice(-LISTED_MAX) };
    return { ...told, ...newest, settled: [], next: null };
  }
  const { files } = settled.earnings;
  const { taken, ...shown } = await settledOf(settled.earnings, buyer, before);
  const returned = await files.allReturned(buyer, LISTED_MAX);
  // While a settlement is on its way, the ledger may have what the journal still has.
  const left = uniqueBy<Told>([...waiting, ...returned], ({ receipt: { id } }) => id)
    .filter(({ receipt: { id } }) => !taken.has(id))
    .sort((a, b) => (a.receipt.at < b.receipt.at ? -1 : 1));
  const back = uniqueBy(
    [...returned.map(({ credit }) => credit), ...credits],
    ({ receipt }) => receipt,
  );
  return {
    ...{ ...told, ...shown, ...toldOf(left.slice(-LISTED_MAX)) },
    credits: back.slice(-LISTED_MAX),
  };
}

type Told = Pick<SoldLine, 'receipt' | 'quote'>;

/** Receipts, and the quotes of those that name one. */
function toldOf(sold: readonly Told[]): Pick<SettledUsage, 'receipts' | 'quotes'> {
  return {
    receipts: sold.map(({ receipt }) => receipt),
    quotes: sold.flatMap(({ receipt: { id }, quote }) =>
      quote === undefined ? [] : [{ receipt: id, ...quote }],
    ),
  };
}

/** The first of those with the same name. */
function uniqueBy<One>(list: readonly One[], nameOf: (one: One) => string): One[] {
  return [...new Map(list.toReversed().map((one) => [nameOf(one), one])).values()].toReversed();
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
): Promise<Pick<Usage, 'settled' | 'next'> & { readonly taken: ReadonlySet<string> }> {
  const all: Settlement[] = [];
  for (;;) {
    const page = await ledger.settlementsFrom((all.at(-1)?.number ?? 0) + 1);
    if (page.length === 0) break;
    all.push(...page);
  }
  const every = all.filter(({ tabs }) => tabs.some((tab) => tab.buyer === buyer));
  const own = every.filter(({ number }) => number < before);
  const shown = own.slice(-SETTLEMENTS_MAX).reverse();
  const known = new Map<number, Promise<readonly SoldLine[]>>();
  const soldBy = (of: Settlement): Promise<readonly SoldLine[]> => {
    const before = known.get(of.number) ?? soldIn(files, of, buyer);
    known.set(of.number, before);
    return before;
  };
  const settled = await Promise.all(
    shown.map(async (settlement): Promise<SettledUsage> => {
      const { number, settledAt, receipts, tabs } = settlement;
      const mine = tabs.filter((tab) => tab.buyer === buyer);
      const taken = mine.reduce((sum, tab) => sum + microOf(tab.taken), 0n);
      return {
        ...{ settlement: number, settledAt, taken: amountOf(taken) },
        settledInBlock: await files.blockOf(number, receipts.root),
        ...toldOf(await soldBy(settlement)),
      };
    }),
  );
  // What the journal had a moment ago can be in the newest only.
  const newest = every.slice(-SETTLEMENTS_MAX);
  const sold = (await Promise.all(newest.map(soldBy))).flat();
  const taken = new Set(sold.map(({ receipt: { id } }) => id));
  const next = own.length > shown.length ? (shown.at(-1)?.number ?? null) : null;
  return { settled, next, taken };
}

async function soldIn(
  files: Pick<SettlementFiles, 'settlement'>,
  { number, receipts: { root } }: Settlement,
  buyer: KeyId,
): Promise<readonly SoldLine[]> {
  const sold = (await files.settlement(number, root)) ?? [];
  return sold.filter(({ receipt }) => receipt.buyer === buyer);
}
