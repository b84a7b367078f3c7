import {
  generatePrivateJwk,
  type PersonKey,
  personKeyOf,
  privateJwk,
  type PrivateJwk,
} from '@passport/ledger-client/signing';

import { BuyerError } from './buyer-error.ts';

/** A private key on P-256 as a JWK (RFC 7517): whoever has it has the money of its account. */
export type BuyerJwk = PrivateJwk;

/** Makes a key. The account of a new key is empty, and needs to be told to nobody. */
export async function generateBuyerKey(): Promise<BuyerJwk> {
  return (await generatePrivateJwk()).key;
}

/** A key that signs, of its JWK; in memory it cannot be taken out again. Throws BuyerError `USAGE`. */
export async function importBuyerKey(jwk: unknown): Promise<PersonKey> {
  const read = privateJwk.safeParse(jwk, { reportInput: false });
  if (read.success) return personKeyOf(read.data);
  // What is wrong with a private key is not repeated: it might show the key.
  throw new BuyerError('USAGE', 'this is no private key on P-256 as a JWK');
}
