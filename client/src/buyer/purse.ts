import {
  amount,
  type Amount,
  amountOf,
  commandId,
  instant,
  marketTerms,
  microOf,
  mspId,
  ledgerId,
} from '@passport/model';
import { z } from 'zod';

import { BuyerError } from './buyer-error.ts';

const purseTab = z.strictObject({
  tab: commandId,
  operator: mspId,
  ledger: ledgerId,
  expiresAt: instant,
  /** All that was ever put in. */
  escrow: amount,
  /** Of all that was ever bought on it, what is known to be charged. */
  charged: amount,
  /** The most that was ever signed for: it can be claimed, whatever was delivered. */
  signed: amount,
  /** Of the newest voucher. */
  seq: z.int().min(0),
});

/** A tab as its buyer remembers it. */
export type PurseTab = z.output<typeof purseTab>;

/** What a buyer has to remember between purchases; kept before anything that is signed leaves. */
export const purseContent = z.strictObject({
  v: z.literal(1),
  /** The market as it was seen first: its key signs all receipts. */
  market: marketTerms.nullable(),
  /** Newest last; the last one is paid from. */
  tabs: z.array(purseTab),
});

/** {@link purseContent} */
export type PurseContent = z.output<typeof purseContent>;

/** Where a buyer remembers. One process at a time writes. */
export interface PurseStore {
  /** Undefined before the first time. */
  read(): Promise<unknown>;
  /** Durable when it resolves. */
  write(content: PurseContent): Promise<void>;
}

/** A purse before anything is in it. */
const emptyPurse: PurseContent = { v: 1, market: null, tabs: [] };

/** Reads what a store has. Throws BuyerError `USAGE` where it was changed by others. */
export function readPurse(stored: unknown): PurseContent {
  if (stored === undefined) return emptyPurse;
  const read = purseContent.safeParse(stored);
  if (read.success) return read.data;
  throw new BuyerError('USAGE', 'what was remembered of tabs cannot be read any more');
}

/** The purse with a tab as it is now. */
export function withTab(purse: PurseContent, tab: PurseTab): PurseContent {
  const others = purse.tabs.filter((one) => one.tab !== tab.tab);
  const place = purse.tabs.findIndex((one) => one.tab === tab.tab);
  const at = place < 0 ? others.length : place;
  return { ...purse, tabs: others.toSpliced(at, 0, tab) };
}

/**
 * What is signed next, so that so much more may be charged: never less than what was signed before, for the
 * operator takes no lower voucher. Throws BuyerError `TAB_SHORT`.
 */
export function promised(tab: PurseTab, moreMicro: bigint): PurseTab {
  const owed = microOf(tab.charged) + moreMicro;
  if (owed > microOf(tab.escrow)) {
    const left = microOf(tab.escrow) - microOf(tab.charged);
    throw new BuyerError(
      'TAB_SHORT',
      `the tab has ${left} micro-PCC left, and ${moreMicro} are asked for: top it up`,
    );
  }
  const signed = owed > microOf(tab.signed) ? amountOf(owed) : tab.signed;
  return { ...tab, signed, seq: tab.seq + 1 };
}

/**
 * The tab when the operator says what was charged in all. Throws BuyerError `CHARGE_DISPUTED` where that is more
 * than was ever signed for.
 */
export function chargedTo(tab: PurseTab, charged: Amount): PurseTab {
  if (microOf(charged) <= microOf(tab.signed)) return { ...tab, charged };
  throw new BuyerError(
    'CHARGE_DISPUTED',
    `${tab.operator} says ${charged} micro-PCC were charged, and ${tab.signed} were signed for`,
  );
}
