import type { PersonKey } from '@passport/ledger-client/signing';
import {
  isReceiptUnder,
  type JsonValue,
  mspId,
  receipt as receiptSchema,
  type Receipt,
  receiptProof,
  receiptsSummary,
} from '@passport/model';
import { z } from 'zod';

import { BuyerError } from './buyer-error.ts';
import { HttpBase, type Surroundings } from './market-http.ts';

const answer = z.looseObject({
  receipt: receiptSchema,
  settlement: z
    .looseObject({
      operator: mspId,
      number: z.int().min(1),
      root: receiptsSummary,
      leaf: z.int().min(0),
      proof: receiptProof,
    })
    .nullable(),
});

/** Where a receipt was settled: the root under which it is has to be the ledger's. */
export type SettledReceipt = NonNullable<z.output<typeof answer>['settlement']>;

/**
 * The settlement that a receipt is in, checked: its leaf is under the root. Undefined before it is settled. Throws
 * BuyerError `RECEIPT_INVALID`.
 */
export async function settledReceipt(
  receipt: Receipt,
  options: Surroundings & { readonly api: string; readonly key: PersonKey },
): Promise<SettledReceipt | undefined> {
  const http = new HttpBase(options.api, options);
  const path = `v1/receipts/${encodeURIComponent(receipt.id)}`;
  const { settlement } = await http.json({ method: 'GET', path, prover: options.key }, answer);
  if (settlement === null) return undefined;
  const leaf = receipt as unknown as JsonValue;
  if (isReceiptUnder(settlement.root.root, leaf, settlement.proof)) return settlement;
  throw new BuyerError(
    'RECEIPT_INVALID',
    `the market says settlement ${settlement.number} has this receipt, and it is not under its root`,
  );
}
