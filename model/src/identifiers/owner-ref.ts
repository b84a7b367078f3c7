import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

import type { KeyId, MspId } from './names.ts';

declare const brand: unique symbol;

/** Who decides over a vehicle, as facts and log books name it: {@link ownerRef}, {@link memberRef}. */
export type OwnerRef = string & { readonly [brand]: 'OwnerRef' };

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 10;

/**
 * An owner by another name than the key's: base32 (RFC 4648, section 6, lower case) of the first 10
 * bytes of SHA-256 of `passport/owner/1|` and the id of their key: 16 letters. Whoever holds the key
 * proves to be it by signing; nobody finds the key by it.
 */
export function ownerRef(keyId: KeyId): OwnerRef {
  const digest = sha256(utf8ToBytes(`passport/owner/1|${keyId}`));
  let bits = 0n;
  for (const byte of digest.subarray(0, BYTES)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let shift = BigInt(BYTES * 8 - 5); shift >= 0n; shift -= 5n) {
    text += alphabet.charAt(Number((bits >> shift) & 31n));
  }
  return text as OwnerRef;
}

/** Who stands for the owner of a vehicle that has none on record: the member that registered it. */
export function memberRef(registeredBy: MspId): OwnerRef {
  return `msp:${registeredBy}` as OwnerRef;
}
