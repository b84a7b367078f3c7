import {
  amountOf,
  type Credit,
  instantOf,
  microOf,
  PassportError,
  saleAfter,
} from '@passport/model';

import type { KnownSale } from './debit-journal.ts';
import type { MarketDesk } from './market-desk.ts';

/**
 * Gives back what was charged for an answer that never left, by a credit in the journal; answers whether it did.
 * `isLost` is asked once more in the same breath as the credit is written: meanwhile the answer may have left. Throws
 * PassportError `NOT_READY` where the ledger is away or a settlement has the price, `TAB_ELSEWHERE`.
 */
export async function giveBack(
  desk: MarketDesk,
  sale: KnownSale,
  isLost: () => boolean = () => true,
): Promise<boolean> {
  const { buyer, tab, id, price } = sale.receipt;
  const name = { buyer, tab };
  saleAfter('charged', 'lose');
  const lease = await desk.leases.take(name);
  const { settled } = await desk.tabs.get(buyer, tab);
  if (!sale.isUndelivered || sale.isCredited || !isLost()) return false;
  const left = desk.journal.of(name, microOf(settled)).charged - microOf(price);
  // What a settlement has taken is on the ledger: it cannot be less.
  if (left < microOf(settled))
    throw new PassportError('NOT_READY', 'its price was settled already');
  const credit: Credit = {
    ...{ v: 1, receipt: id, buyer, tab, amount: price },
    ...{ charged: amountOf(left), reason: 'answer-lost', at: instantOf(desk.now().getTime()) },
  };
  await desk.journal.append({ kind: 'credit', ...name, lease, credit });
  return true;
}
