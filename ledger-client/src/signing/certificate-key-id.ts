import { X509Certificate } from 'node:crypto';

import type { KeyId, PublicKey } from '@passport/model';

import { keyIdOf } from './key-id.ts';

/** The id of a certificate's key, by which `Members` knows the keys of a source. */
export function keyIdOfCertificate(pem: Uint8Array): Promise<KeyId> {
  const { publicKey } = new X509Certificate(pem);
  return keyIdOf(publicKey.export({ format: 'jwk' }) as PublicKey);
}
