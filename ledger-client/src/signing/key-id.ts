import { type KeyId, parseKeyId, type PublicKey } from '@passport/model';
import { calculateJwkThumbprint } from 'jose';

/** A key's id: the thumbprint of its JWK (RFC 7638, SHA-256). Throws PassportError `KEY_ID_INVALID`. */
export async function keyIdOf(key: PublicKey): Promise<KeyId> {
  return parseKeyId(await calculateJwkThumbprint(key, 'sha256'));
}
