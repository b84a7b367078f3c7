import { parse, publicKey, type PublicKey, type KeyId } from '@passport/model';
import type { CompactSign } from 'jose';
import * as z from 'zod';

import { keyIdOf } from './key-id.ts';

/** A private key on P-256 as a JWK (RFC 7517). */
export const privateJwk = publicKey.extend({ d: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

/** {@link privateJwk} */
export type PrivateJwk = z.output<typeof privateJwk>;

/** A key on P-256 that signs for a person: a `SigningKey` on a server, one of WebCrypto in a browser. */
export type PersonKey = {
  readonly keyId: KeyId;
  readonly publicKey: PublicKey;
  readonly privateKey: Parameters<CompactSign['sign']>[0];
};

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

/** Makes a key, to be put into a wallet. */
export async function generatePrivateJwk(): Promise<{
  readonly keyId: KeyId;
  readonly key: PrivateJwk;
}> {
  const { privateKey } = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey);
  const key = parse(privateJwk, { kty, crv, x, y, d }, 'PUBLIC_KEY_INVALID');
  return { keyId: await keyIdOf(publicPartOf(key)), key };
}

/** The public part of a key. */
export function publicPartOf({ kty, crv, x, y }: PrivateJwk): PublicKey {
  return { kty, crv, x, y };
}

/** Hands a private key over to WebCrypto, which signs with it and does not give it out again. */
export async function personKeyOf(jwk: PrivateJwk): Promise<PersonKey> {
  const key = publicPartOf(jwk);
  const privateKey = await crypto.subtle.importKey('jwk', jwk, CURVE, false, ['sign']);
  return { keyId: await keyIdOf(key), publicKey: key, privateKey };
}
