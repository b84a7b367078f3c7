import { hkdfSha256, keyPairOf } from '#platform';

import {
  base64urlOf,
  canonicalJson,
  type KeyScope,
  type PublicKey,
  type SealingKey,
  type Vid,
} from '@passport/model';

import { deriveKeys } from './hpke.ts';
import { SCALAR_BYTES } from './hpke-of.ts';

/** Bytes of a root key, all of them random: of one owner of one vehicle. */
export const ROOT_KEY_BYTES = 32;

/** Which of a vehicle's keys. */
export type KeyAddress = {
  readonly vid: Vid;
  readonly ownerEpoch: number;
  readonly scope: KeyScope;
  readonly epoch: number;
};

/** A key pair that fields of one scope are sealed to, and opened by. */
export type SealingKeyPair = {
  readonly publicKey: PublicKey;
  /** The private key: 32 bytes. */
  readonly scalar: Uint8Array;
};

/**
 * Derives a sealing key from an owner's root key: DeriveKeyPair (RFC 9180, section 7.1.3) of HKDF-SHA256
 * (RFC 5869) of the root key, with the address in `info`. So a wallet keeps one secret for all of them, and who
 * has one of them learns nothing of another.
 */
export async function deriveSealingKey(
  rootKey: Uint8Array,
  { vid, ownerEpoch, scope, epoch }: KeyAddress,
): Promise<SealingKeyPair> {
  if (rootKey.length !== ROOT_KEY_BYTES) throw new RangeError('a root key has 32 bytes');
  const info = `passport/sealing-key/1${canonicalJson({ vid, ownerEpoch, scope, epoch })}`;
  const material = hkdfSha256(rootKey, info, SCALAR_BYTES);
  const { scalar, point } = deriveKeys(material);
  return { publicKey: publicKeyOf(point), scalar: Uint8Array.from(scalar) };
}

/** The public key of a private one. Throws RangeError where the bytes are no scalar of P-256. */
export function publicKeyOfScalar(scalar: Uint8Array): PublicKey {
  const pair = keyPairOf(scalar);
  if (pair === undefined) throw new RangeError('it is no private key on P-256');
  return publicKeyOf(pair.point());
}

/** Of an uncompressed point: 4, x, y. */
function publicKeyOf(point: Uint8Array): PublicKey {
  const coordinate = (at: number): string => base64urlOf(point.subarray(at, at + SCALAR_BYTES));
  return { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(1 + SCALAR_BYTES) };
}

/** Whether a private key is that of a public one. */
export function isKeyOf(scalar: Uint8Array, key: PublicKey): boolean {
  try {
    const { x, y } = publicKeyOfScalar(scalar);
    return x === key.x && y === key.y;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The keys to seal to at a ledger time: of each scope the latest epoch that has begun. */
export function currentKeys(
  published: readonly SealingKey[],
  at: SealingKey['from'],
): { readonly [scope in KeyScope]?: SealingKey } {
  const current: { [scope in KeyScope]?: SealingKey } = {};
  for (const key of published) {
    if (key.from <= at && key.epoch > (current[key.scope]?.epoch ?? 0)) current[key.scope] = key;
  }
  return current;
}
