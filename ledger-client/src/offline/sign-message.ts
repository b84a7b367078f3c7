import { p256 } from '@noble/curves/nist.js';

/** A key on P-256 of WebCrypto that signs; nobody gets its bytes. */
export type MessageKey = Parameters<typeof crypto.subtle.sign>[1];

/**
 * Signs a message as Fabric wants it: ECDSA with SHA-256, in DER, s at most half of the order (FIPS 186-5; Fabric refuses the
 * other one of the two, so that nobody can make a second signature of a first).
 */
export async function signMessage(key: MessageKey, message: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const raw = await crypto.subtle.sign(algorithm, key, Uint8Array.from(message));
  const { r, s } = p256.Signature.fromBytes(new Uint8Array(raw), 'compact');
  const order = p256.Point.Fn.ORDER;
  return new p256.Signature(r, s > order / 2n ? order - s : s).toBytes('der');
}
