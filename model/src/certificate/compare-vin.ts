import { compactVin, isVinSpelling } from '../vin/vin-spelling.ts';
import type { CertificateClaims } from './certificate-claims.ts';
import type { ShownVin } from './certificate-text.ts';
import { vinCommitment } from './commitments.ts';

/**
 * How the VIN that stands on a car fits a certificate: `same` or `other`; `uncommitted`, the certificate holds none;
 * `sealed`, it holds one, and its number is missing that shows which; `no-vin`, what was typed is none.
 */
export type VinComparison = 'same' | 'other' | 'uncommitted' | 'sealed' | 'no-vin';

/** A VIN that was read off a car, and the number that the certificate's owner tells, where they do not show theirs. */
export type ReadOffCar = { readonly vin: string; readonly salt?: string | undefined };

/**
 * Compares a VIN with a certificate that was judged before. Where its owner has shown the VIN, with that; else with their
 * commitment, for which it takes the salt. Blanks, dashes and small letters are no difference.
 */
export function compareVin(
  certificate: {
    readonly claims: Pick<CertificateClaims, 'vin'>;
    readonly shown: ShownVin | undefined;
  },
  read: ReadOffCar,
): VinComparison {
  const { claims, shown } = certificate;
  const vin = compactVin(read.vin);
  if (claims.vin === undefined) return 'uncommitted';
  if (!isVinSpelling(vin)) return 'no-vin';
  const salt = shown?.salt ?? read.salt?.trim();
  if (salt === undefined || salt === '') return 'sealed';
  return vinCommitment(salt, vin) === claims.vin ? 'same' : 'other';
}
