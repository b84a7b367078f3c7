import { createHash } from 'node:crypto';

import { hasValidCheckDigit, type Vin, normaliseVin } from '@passport/model';

/** What a VIN is written with (ISO 3779). */
const ALPHABET = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';

/** What a check digit can be (49 CFR 565.15). */
const CHECK_DIGITS = '0123456789X';

/**
 * A VIN for a vehicle of which open data has only a name: always the same one, with a check digit that is
 * right, and of no manufacturer (none has `ZZ9`). Names differ, so VINs do, but for 1 in 2^64.
 */
export function madeUpVin(vehicle: string): Vin {
  const hash = createHash('sha256').update(`sandbox/vin/1|${vehicle}`).digest();
  const letters = Array.from(hash.subarray(0, 14), (byte) => ALPHABET[byte % ALPHABET.length]);
  const [head, tail] = [letters.slice(0, 5).join(''), letters.slice(6).join('')];
  for (const digit of CHECK_DIGITS) {
    const vin = normaliseVin(`ZZ9${head}${digit}${tail}`);
    if (hasValidCheckDigit(vin)) return vin;
  }
  throw new Error('every remainder has a check digit');
}
