import * as z from 'zod';

import { commandId, keyId } from '../identifiers/names.ts';
import { amount, microOf } from '../money/amount.ts';
import { digest } from './digest.ts';
import { credit, receipt, usedQuote } from './receipt.ts';
import { voucher } from './voucher.ts';

/** The longest request that is written down, in characters: one of SQL, each of them escaped. */
const REQUEST_LENGTH_MAX = 131_072;

const ofTab = {
  buyer: keyId,
  tab: commandId,
  /** The fencing number of the lease by which this server serves the tab. */
  lease: z.int().min(0),
};

/** A voucher that was accepted: what it promises, its number, and from when on it is void. */
export const acceptedVoucher = z.strictObject({
  voucher,
  amount,
  seq: z.int().min(1),
  /** Seconds since 1970. */
  exp: z.int().positive(),
});

/** {@link acceptedVoucher} */
export type AcceptedVoucher = z.output<typeof acceptedVoucher>;

/** What an operator writes down of a tab, before anybody is answered. */
export const debit = z.discriminatedUnion('kind', [
  /** A voucher that sessions rest on. */
  z.strictObject({ kind: z.literal('voucher'), ...ofTab, accepted: acceptedVoucher }),
  z.strictObject({
    kind: z.literal('sale'),
    ...ofTab,
    /** Null where it rests on the voucher accepted before. */
    accepted: acceptedVoucher.nullable(),
    /** The request's key, as its digest: with it, it is the same purchase. */
    key: digest,
    receipt,
    /** Canonical JSON of the request, whose digest the receipt has: which cells answered follows from it. */
    asked: z.string().min(2).max(REQUEST_LENGTH_MAX),
    /** By which it was bought; null where it names none, as in a session. */
    quote: usedQuote.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('credit'), ...ofTab, credit }),
]);

/** {@link debit} */
export type Debit = z.output<typeof debit>;

/** What an operator knows of a tab beside what is on the ledger. */
export type TabDebits = {
  /** Of all that was ever bought, credits taken off; micro-PCC. */
  readonly charged: bigint;
  /** The newest voucher; null before the first. */
  readonly accepted: AcceptedVoucher | null;
};

/** A tab before anything was bought here; `settledMicro` is what the ledger says was taken. */
export function debitsFrom(settledMicro: bigint): TabDebits {
  return { charged: settledMicro, accepted: null };
}

/** A tab after one more line of the journal; lines say totals, so that one may come twice. */
export function debitsAfter(before: TabDebits, line: Debit): TabDebits {
  switch (line.kind) {
    case 'voucher':
      return { ...before, accepted: line.accepted };
    case 'sale':
      return {
        charged: microOf(line.receipt.charged),
        accepted: line.accepted ?? before.accepted,
      };
    case 'credit':
      return { ...before, charged: microOf(line.credit.charged) };
  }
}
