import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { PassportError, type PublicKey } from '@passport/model';

/**
 * HPKE as suite 1 uses it: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180, section 7). It keeps
 * no state.
 */
export const hpke = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Bytes of an encapsulated secret, and of a public key: an uncompressed point on P-256. */
export const ENC_BYTES = 65;

/** Bytes of a private key: a scalar of P-256. */
export const SCALAR_BYTES = 32;

/** A key as HPKE takes it. */
export type HpkeKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Random bytes, of a source that nobody can foretell: `randomBytes` of `node:crypto`. */
export type RandomBytes = (size: number) => Uint8Array;

/** A key pair as HPKE takes it. */
export type HpkeKeyPair = { readonly privateKey: HpkeKey; readonly publicKey: HpkeKey };

/** DeriveKeyPair of RFC 9180, section 7.1.3. Of random bytes it generates one (section 4). */
export function deriveKeyPair(material: Uint8Array | ArrayBuffer): Promise<HpkeKeyPair> {
  // The library's types take the browser's names for granted, which Node's types do not have.
  return hpke.kem.deriveKeyPair(material) as Promise<HpkeKeyPair>;
}

/** A public key as HPKE takes it. Throws PassportError `PUBLIC_KEY_INVALID`. */
export async function recipientOf(key: PublicKey): Promise<HpkeKey> {
  try {
    return (await hpke.kem.importKey('jwk', key, true)) as HpkeKey;
  } catch {
    throw new PassportError('PUBLIC_KEY_INVALID', 'its coordinates are no point on P-256');
  }
}

/** A private key as HPKE takes it; undefined where the bytes are no scalar of P-256. */
export async function readerOf(scalar: Uint8Array): Promise<HpkeKey | undefined> {
  try {
    return (await hpke.kem.deserializePrivateKey(scalar)) as HpkeKey;
  } catch {
    return undefined;
  }
}

/** UTF-8 bytes in memory of their own: HPKE reads the whole of what a view lies on. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
