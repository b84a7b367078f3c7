import {
  type CommandId,
  type KeyId,
  PassportError,
  type Receipt,
  receiptLeaf,
  type ReceiptProof,
  receiptProofOf,
  type ReceiptsSummary,
  receiptsTree,
  type Settlement,
} from '@passport/model';

import type { MarketDesk } from '../market/market-desk.ts';
import type { EarningsDesk } from './statement.ts';

/** Where a receipt is: in which settlement, as which leaf of its tree. */
export type ReceiptPlace = {
  readonly receipt: Receipt;
  /** Null before it is settled. */
  readonly settlement: {
    readonly operator: string;
    readonly number: number;
    /** The same as the ledger has of that settlement. */
    readonly root: ReceiptsSummary;
    readonly leaf: number;
    readonly proof: ReceiptProof;
  } | null;
};

/** Finds a receipt of a buyer, the newest settlements first. Throws PassportError `RECEIPT_UNKNOWN`. */
export async function placeOfReceipt(
  { journal }: Pick<MarketDesk, 'journal'>,
  { ledger, files, operator }: Pick<EarningsDesk, 'ledger' | 'files' | 'operator'>,
  buyer: KeyId,
  id: CommandId,
): Promise<ReceiptPlace> {
  for (const { number, receipts: root } of (await settlementsOf(ledger, buyer)).toReversed()) {
    const sold = (await files.settlement(number, root.root)) ?? [];
    const leaf = sold.findIndex(({ receipt }) => receipt.id === id && receipt.buyer === buyer);
    const receipt = sold[leaf]?.receipt;
    if (receipt === undefined) continue;
    const tree = receiptsTree(sold.map((line) => receiptLeaf(line.receipt)));
    const proof = receiptProofOf(tree, leaf);
    return { receipt, settlement: { operator, number, root, leaf, proof } };
  }
  for (const { entry } of journal.unsettled) {
    if (entry.kind !== 'sale' || entry.buyer !== buyer || entry.receipt.id !== id) continue;
    return { receipt: entry.receipt, settlement: null };
  }
  throw new PassportError('RECEIPT_UNKNOWN', 'the key that asks has no receipt of that name');
}

async function settlementsOf(
  ledger: Pick<EarningsDesk['ledger'], 'settlementsFrom'>,
  buyer: KeyId,
): Promise<Settlement[]> {
  const all: Settlement[] = [];
  for (;;) {
    const page = await ledger.settlementsFrom((all.at(-1)?.number ?? 0) + 1);
    if (page.length === 0) break;
    all.push(...page);
  }
  return all.filter(({ tabs }) => tabs.some((tab) => tab.buyer === buyer));
}
