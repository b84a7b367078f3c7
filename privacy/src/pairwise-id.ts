import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Vid, vidOfBytes } from '@passport/model';

declare const brand: unique symbol;

/** A vehicle as one buyer knows it; no other buyer, and no other relation, has the same. */
export type PairwiseId = string & { readonly [brand]: 'PairwiseId' };

/** Bytes of the secret key of a relation with a buyer. */
export const PAIRWISE_KEY_BYTES = 32;

const ID_BYTES = 16;

/**
 * The id of a vehicle for one buyer: the first 128 bits of HMAC-SHA-256 with the key of the relation,
 * as base32 after `p-`. Without the key nobody gets from it to the vid, nor to another buyer's id.
 * Throws RangeError for a key of another length.
 */
export function pairwiseId(relationKey: Uint8Array, vid: Vid): PairwiseId {
  if (relationKey.length !== PAIRWISE_KEY_BYTES) {
    throw new RangeError(`the key of a relation has ${PAIRWISE_KEY_BYTES} bytes`);
  }
  const code = hmac(sha256, relationKey, new TextEncoder().encode(`passport/pairwise/1|${vid}`));
  return `p-${vidOfBytes(code.subarray(0, ID_BYTES))}` as PairwiseId;
}
