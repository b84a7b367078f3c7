import {
  type CommandId,
  type Credit,
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

import type { DebitJournal } from '../market/debit-journal.ts';
import type { Settler } from './settler.ts';
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
  /** By which its price was given back; null where it was not. */
  readonly credit: Credit | null;
};

/** Where receipts are. */
export type ReceiptParts = {
  readonly journal: Pick<DebitJournal, 'unsettled'>;
  readonly earnings: Pick<EarningsDesk, 'ledger' | 'files' | 'operator'>;
  readonly settler: Pick<Settler, 'owed'>;
};

/** Finds a receipt of a buyer, the newest settlements first. Throws PassportError `RECEIPT_UNKNOWN`. */
export async function placeOfReceipt(
  { journal, earnings: { ledger, files, operator }, settler }: ReceiptParts,
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
    return { receipt, settlement: { operator, number, root, leaf, proof }, credit: null };
  }
  const own = journal.unsettled.flatMap(({ entry }) => (entry.buyer === buyer ? [entry] : []));
  const sale = own.find((entry) => entry.kind === 'sale' && entry.receipt.id === id);
  if (sale?.kind === 'sale') {
    const back = own.find((entry) => entry.kind === 'credit' && entry.credit.receipt === id);
    const credit = back?.kind === 'credit' ? back.credit : null;
    return { receipt: sale.receipt, settlement: null, credit };
  }
  // The journal has forgotten what it has handed on.
  const owed = settler.owed.find(({ receipt: one }) => one.id === id && one.buyer === buyer);
  if (owed !== undefined) return { receipt: owed.receipt, settlement: null, credit: null };
  const returned = await files.returned(buyer, id);
  if (returned !== undefined) return { ...returned, settlement: null };
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
