import { codedText, parse } from '../wire/parse.ts';
import { MICRO_PER_UNIT } from './amount.ts';

declare const eurosBrand: unique symbol;

/** Euros as people write them to a bank: `25` or `25.50`, twelve digits before the point at most. */
export type Euros = string & { readonly [eurosBrand]: true };

export const euros = codedText<Euros>('EUROS_INVALID', /^(?:0|[1-9]\d{0,11})(?:\.\d{2})?$/);

/** Micro-PCC that a bank can pay out: whole cents. */
export const MICRO_PER_CENT = MICRO_PER_UNIT / 100n;

/** Reads euros. Throws PassportError `EUROS_INVALID`. */
export function parseEuros(text: string): Euros {
  return parse(euros, text);
}

/** Micro-PCC of euros: 1 PCC is 1 EUR. */
export function microOfEuros(text: Euros): bigint {
  const [whole = '0', cents = '0'] = text.split('.');
  return BigInt(whole) * MICRO_PER_UNIT + BigInt(cents) * MICRO_PER_CENT;
}

/** Spells whole cents as euros. Throws RangeError for parts of a cent, and for less than nothing. */
export function eurosOfMicro(micro: bigint): Euros {
  if (micro < 0n || micro % MICRO_PER_CENT !== 0n) {
    throw new RangeError(`${micro} micro-PCC are no whole cents`);
  }
  const cents = ((micro % MICRO_PER_UNIT) / MICRO_PER_CENT).toString().padStart(2, '0');
  return `${micro / MICRO_PER_UNIT}.${cents}` as Euros;
}
