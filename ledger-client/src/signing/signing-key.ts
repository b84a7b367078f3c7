import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import { type KeyId, parse, parseJson, publicKey, type PublicKey } from '@passport/model';

import { LedgerProfileError } from '../network-profile.ts';
import { keyIdOf } from './key-id.ts';
import { privateJwk } from './person-key.ts';

/** A {@link PersonKey} as Node has it, which can be exported. */
export type SigningKey = {
  readonly keyId: KeyId;
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
};

/** Makes a key. */
export function generateSigningKey(): Promise<SigningKey> {
  return signingKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** A key from a private JWK (RFC 7517). Throws PassportError where it is none. */
export function importSigningKey(jwk: object): Promise<SigningKey> {
  const key = parse(privateJwk, jwk, 'PUBLIC_KEY_INVALID');
  return signingKeyOf(createPrivateKey({ key, format: 'jwk' }));
}

/** Reads a key from a file: a private JWK (RFC 7517). Throws LedgerProfileError. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  try {
    const jwk = parseJson(privateJwk, await readFile(file, 'utf8'));
    return await signingKeyOf(createPrivateKey({ key: jwk, format: 'jwk' }));
  } catch (error) {
    // What is wrong with a private key is not repeated: it might show the key.
    throw new LedgerProfileError(`${file} holds no private key on P-256 as a JWK`, error);
  }
}

/** Writes a key into a new file that only its owner can read. */
export async function writeSigningKey(file: string, { privateKey }: SigningKey): Promise<void> {
  const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }));
  await writeFile(file, `${jwk}\n`, { mode: 0o600, flag: 'wx' });
}

async function signingKeyOf(privateKey: KeyObject): Promise<SigningKey> {
  const jwk = parse(publicKey, createPublicKey(privateKey).export({ format: 'jwk' }));
  return { keyId: await keyIdOf(jwk), publicKey: jwk, privateKey };
}
