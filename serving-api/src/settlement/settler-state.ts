import {
  amount,
  commandId,
  keyId,
  parseJson,
  positiveAmount,
  productSales,
  receiptsSummary,
  soldLine,
  voucher,
} from '@passport/model';
import { z } from 'zod';

import type { JournalDisk } from '../journal/journal-disk.ts';

const FILE = 'settlement.json';

const ofTab = z.strictObject({ buyer: keyId, tab: commandId });

/** A settlement on its way: what is asked of the ledger, and what follows when it was. */
const underWay = z.strictObject({
  number: z.int().min(1),
  /** It has the journal's lines up to this one. */
  upTo: z.int().min(0),
  terms: z
    .strictObject({
      receipts: receiptsSummary,
      products: z.array(productSales),
      tabs: z.array(z.strictObject({ voucher, claimed: positiveAmount })),
    })
    .nullable(),
  sold: z.array(soldLine),
  tabs: z.array(ofTab),
  /** What is still owed behind it. */
  owed: z.array(soldLine),
});

/** {@link underWay} */
export type UnderWay = z.output<typeof underWay>;

const state = z.strictObject({
  under: underWay.nullable(),
  /** Of lines that the journal counts as settled: what could not be taken when they were. */
  owed: z.array(soldLine),
  /** Vouchers that the ledger has refused, by tab: not tried again. */
  refused: z.record(
    z.string(),
    z.strictObject({ seq: z.int(), charged: amount, code: z.string() }),
  ),
});

/** Where an operator is with settling, beside its journal. */
export type SettlerState = z.output<typeof state>;

/** Reads it; a beginning where there is none. Throws PassportError for what this has not written. */
export async function readState(disk: JournalDisk): Promise<SettlerState> {
  const file = await disk.read(FILE);
  if (file === undefined) return { under: null, owed: [], refused: {} };
  return parseJson(state, file.toString('utf8'));
}

/** Puts it in the place of the one before; it is on the disk when this resolves. */
export function writeState(disk: JournalDisk, next: SettlerState): Promise<void> {
  return disk.replace(FILE, Buffer.from(JSON.stringify(next), 'utf8'));
}
