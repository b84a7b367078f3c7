import type { Priced } from '../buyer/index.ts';
import { pcc } from './pcc.ts';

/** A quote, for people; undefined is of what is free. */
export function quoteText(priced: Priced | undefined): string {
  if (priced === undefined) return 'free: this market sells nothing of that\n';
  const { maximum, quote } = priced;
  const { product, productVersion, tariffVersion, block, exp, qualityPermille } = quote;
  const quality = qualityPermille === null ? '' : `, quality ${qualityPermille}/1000`;
  return (
    `${pcc(maximum)} at most, for ${product} ${productVersion} by tariff ${tariffVersion}\n` +
    `  exact at block ${block} or later${quality}; the quote holds until ` +
    `${new Date(exp * 1000).toISOString()}\n`
  );
}
