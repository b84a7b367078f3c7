import { base64urlOf } from '#bytes';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes of a digest that names a car: nobody chooses a vid to meet one. */
const CAR_BYTES = 16;

/**
 * Which car a certificate is of, for who knows the car's vid already: the first 16 bytes of SHA-256 of `passport/car/1|`,
 * the certificate's name, `|` and the vid, in base64url. Vids are 128 random bits, so that nobody finds one by it, and no
 * two certificates of a car have it in common.
 */
export function carDigest(certificate: string, vid: string): string {
  const digest = sha256(utf8ToBytes(`passport/car/1|${certificate}|${vid}`));
  return base64urlOf(digest.subarray(0, CAR_BYTES));
}

/**
 * An owner's commitment to a VIN: SHA-256 of `passport/vin/1|`, a salt of 128 random bits in base64url, `|` and the VIN,
 * in base64url. It tells nothing without the salt, and there is no other VIN that it fits: that is why all 32 bytes stay.
 */
export function vinCommitment(salt: string, vin: string): string {
  return base64urlOf(sha256(utf8ToBytes(`passport/vin/1|${salt}|${vin}`)));
}
