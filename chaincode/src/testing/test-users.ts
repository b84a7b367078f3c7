// @peculiar/x509 takes for granted the polyfill of Reflect that this one loads, so it comes first.
import 'fabric-contract-api';

import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';

import * as x509 from '@peculiar/x509';
import type { KeyId, PublicKey } from '@passport/model';
import { CompactSign } from 'jose';

import { thumbprint } from '../transaction/caller.ts';
import type { TestUser } from './test-ledger.ts';

/** A user of an organisation with a certificate that the organisation signed by itself. */
export async function makeUser(
  mspId: string,
  kind: 'client' | 'admin',
): Promise<TestUser & { readonly keyId: KeyId }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=User1@${mspId}, OU=${kind}`,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
    signingAlgorithm: algorithm,
    keys,
  });
  const jwk = await webcrypto.subtle.exportKey('jwk', keys.publicKey);
  const { kty, crv, x, y } = jwk;
  return {
    mspId,
    certificate: certificate.toString('pem'),
    keyId: thumbprint({ kty, crv, x, y }),
  };
}

/** A person's key, and what it signs. */
export type TestKey = {
  readonly keyId: KeyId;
  readonly jwk: PublicKey;
  readonly privateKey: KeyObject;
};

/** Makes a key on P-256. */
export function makeKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' }) as PublicKey;
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  return { keyId: thumbprint(jwk), jwk, privateKey: createPrivateKey(pem) };
}

/** Signs a payload as a compact JWS with ES256, with the key in the header. */
export function signJws(key: TestKey, type: string, payload: unknown): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: type, jwk: key.jwk })
    .sign(key.privateKey);
}
