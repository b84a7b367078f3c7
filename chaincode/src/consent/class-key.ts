import { createPublicKey } from 'node:crypto';

import { PassportError, type PublicKey } from '@passport/model';

/**
 * Refuses a key whose coordinates are no point on P-256: nobody could seal to it. Throws PassportError
 * `PUBLIC_KEY_INVALID`.
 */
export function requirePoint(key: PublicKey): void {
  try {
    createPublicKey({ key, format: 'jwk' });
  } catch {
    throw new PassportError('PUBLIC_KEY_INVALID', 'its coordinates are no point on P-256');
  }
}
