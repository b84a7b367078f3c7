import type { Quote, Receipt } from './receipt.ts';

/** Of an answer that is older than the quote said, so much is taken off. */
export const STALER_PERMILLE = 500;

/**
 * What is taken off the price of an answer that is less than was quoted: half where it is of an older block,
 * else the part of the quality that is missing; null where nothing is.
 */
export function reductionOf(
  quoted: Pick<Quote, 'block' | 'qualityPermille'> | undefined,
  given: Pick<Quote, 'block' | 'qualityPermille'>,
): Receipt['reduction'] {
  if (quoted === undefined) return null;
  if (given.block < quoted.block) return { permille: STALER_PERMILLE, reason: 'staler' };
  const [promised, is] = [quoted.qualityPermille ?? 0, given.qualityPermille ?? 0];
  if (is >= promised) return null;
  return { permille: Math.ceil(((promised - is) * 1000) / promised), reason: 'quality' };
}

/** A price less its reduction, rounded down; it is never below one, as nothing is given for nothing. */
export function reducedPrice(micro: bigint, reduction: Receipt['reduction']): bigint {
  if (reduction === null) return micro;
  const left = (micro * BigInt(1000 - reduction.permille)) / 1000n;
  return left > 0n ? left : 1n;
}
