import { X509Certificate } from 'node:crypto';

import { type KeyId, parseKeyId, type PublicKey } from '@passport/model';
import { calculateJwkThumbprint } from 'jose';

/** A key's id: the thumbprint of its JWK (RFC 7638, SHA-256). Throws PassportError `KEY_ID_INVALID`. */
export async function keyIdOf(key: PublicKey): Promise<KeyId> {
  return parseKeyId(await calculateJwkThumbprint(key, 'sha256'));
}

/** The id of a certificate's key, by which `Members` knows the keys of a source. */
export function keyIdOfCertificate(pem: Uint8Array): Promise<KeyId> {
  const { publicKey } = new X509Certificate(pem);
  return keyIdOf(publicKey.export({ format: 'jwk' }) as PublicKey);
}
