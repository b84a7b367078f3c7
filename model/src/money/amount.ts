import { coded, parse } from '../wire/parse.ts';

declare const amountBrand: unique symbol;

/**
 * Money on the wire: whole minor units in decimal digits, without sign, blanks, exponent or leading
 * zeros. Inside it is a bigint, never a number.
 */
export type Amount = string & { readonly [amountBrand]: true };

/** 1 PCC = 1 EUR = 1,000,000 micro-PCC; PCC-Gold likewise. */
export const MICRO_PER_UNIT = 1_000_000n;

/** Thirty digits: beyond all money, and short enough that nobody can make a lane's value large. */
const spelling = /^(?:0|[1-9]\d{0,29})$/;

/** Amounts of nothing or more. */
export const amount = coded(
  'AMOUNT_INVALID',
  (value): value is Amount => typeof value === 'string' && spelling.test(value),
);

/** Amounts above nothing. */
export const positiveAmount = amount.refine((value) => value !== '0', {
  error: 'the amount is nothing',
  params: { code: 'AMOUNT_ZERO' },
});

/** Reads an amount as minor units. Throws PassportError `AMOUNT_INVALID`. */
export function parseAmount(text: string): bigint {
  return microOf(parse(amount, text));
}

/** Minor units of an amount. */
export function microOf(value: Amount): bigint {
  return BigInt(value);
}

/** Spells minor units. Throws RangeError for what no amount can be: below nothing, or too long. */
export function amountOf(micro: bigint): Amount {
  const text = micro.toString();
  if (!spelling.test(text)) throw new RangeError(`${text} is no amount`);
  return text as Amount;
}

/** Minor units as people read them: `1.5`, `0.000001`. */
export function formatMicro(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const size = micro < 0n ? -micro : micro;
  const fraction = (size % MICRO_PER_UNIT).toString().padStart(6, '0').replace(/0+$/, '');
  const whole = (size / MICRO_PER_UNIT).toString();
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
