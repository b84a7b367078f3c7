import { readNotable } from '../keep.ts';
import { type EarningsContext, showEarnings } from './show-earnings.ts';
import { showPurchase } from './show-purchase.ts';

/** A purchase from end to end: a newcomer's euros, answers, and who gets the money. Throws BuyerError. */
export async function showMarket(
  context: EarningsContext & { readonly directory: string },
): Promise<void> {
  const buyer = await showPurchase(context);
  const { driven } = await readNotable(context.directory);
  await showEarnings(context, buyer, driven);
}
