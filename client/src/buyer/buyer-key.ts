import { keyIdOf, type SignerKey } from '@passport/ledger-client/signing';
import { parse, publicKey, type PublicKey } from '@passport/model';
import { z } from 'zod';

import { BuyerError } from './buyer-error.ts';

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const privateJwk = publicKey.extend({ d: secret });

/** A private key on P-256 as a JWK (RFC 7517): whoever has it has the money of its account. */
export type BuyerJwk = z.output<typeof privateJwk>;

/** Makes a key. The account of a new key is empty, and needs to be told to nobody. */
export async function generateBuyerKey(): Promise<BuyerJwk> {
  const pair = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  return privateJwk.parse({ kty, crv, x, y, d });
}

/** A key that signs, of its JWK; in memory it cannot be taken out again. Throws BuyerError `USAGE`. */
export async function importBuyerKey(jwk: unknown): Promise<SignerKey> {
  const read = privateJwk.safeParse(jwk, { reportInput: false });
  // What is wrong with a private key is not repeated: it might show the key.
  if (!read.success) throw new BuyerError('USAGE', 'this is no private key on P-256 as a JWK');
  const { kty, crv, x, y } = read.data;
  const own: PublicKey = parse(publicKey, { kty, crv, x, y });
  const privateKey = await crypto.subtle.importKey('jwk', read.data, curve, false, ['sign']);
  return { keyId: await keyIdOf(own), publicKey: own, privateKey };
}
