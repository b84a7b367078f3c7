import { PassportError } from '../errors/passport-error.ts';
import { compactVin, isVinSpelling } from './vin-spelling.ts';

declare const vinBrand: unique symbol;

/** A vehicle identification number (ISO 3779): 17 characters. It never reaches the ledger. */
export type Vin = string & { readonly [vinBrand]: true };

/**
 * Reads a VIN as people write it: blanks and dashes between its characters, and small letters, are
 * taken away. Throws PassportError `VIN_INVALID`, whose message does not repeat the VIN.
 */
export function normaliseVin(text: string): Vin {
  const compact = compactVin(text);
  if (isVinSpelling(compact)) return compact as Vin;
  const reason =
    compact.length === 17
      ? 'it holds a character that no VIN has (I, O and Q are none)'
      : `it has ${compact.length} characters, not 17`;
  throw new PassportError('VIN_INVALID', reason);
}

/**
 * Whether the ninth character is the check digit of the others (ISO 3779 leaves it to the maker; North
 * America and China ask for it: 49 CFR 565.15).
 */
export function hasValidCheckDigit(vin: Vin): boolean {
  let sum = 0;
  for (const [place, character] of vin.split('').entries()) {
    sum += (weights[place] ?? 0) * valueOf(character);
  }
  const digit = sum % 11;
  return vin[8] === (digit === 10 ? 'X' : String(digit));
}

/**
 * Whether a VIN comes from a region that asks for the check digit: North America (first character 1
 * to 5) or China (L).
 */
export function asksForCheckDigit(vin: Vin): boolean {
  return /^[1-5L]/.test(vin);
}

/**
 * Reads a VIN at intake, and checks its check digit where it must have one. Throws PassportError
 * `VIN_INVALID` and `VIN_CHECK_DIGIT_WRONG`.
 */
export function parseVin(text: string): Vin {
  const vin = normaliseVin(text);
  if (!asksForCheckDigit(vin) || hasValidCheckDigit(vin)) return vin;
  throw new PassportError('VIN_CHECK_DIGIT_WRONG', 'read it again from the vehicle or its papers');
}

/** By place, 49 CFR 565.15 table IV; the ninth is the check digit itself. */
const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** By letter, 49 CFR 565.15 table III; digits count as themselves. */
const letters: Readonly<Record<string, number>> = {
  ...{ A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8 },
  ...{ J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 },
  ...{ S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 },
};

function valueOf(character: string): number {
  return letters[character] ?? Number(character);
}
