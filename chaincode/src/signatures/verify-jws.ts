import { type KeyId, PassportError, type PublicKey } from '@passport/model';
import { compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';

import { thumbprint } from '../transaction/caller.ts';

/** What was signed, and the thumbprint of the key that signed it. */
export type Verified = { readonly payload: string; readonly signer: KeyId };

/**
 * Verifies a compact JWS (RFC 7515) with ES256 by the public key in its header, which says who
 * signed, not whether they may. Throws PassportError `COMMAND_MALFORMED`, `PUBLIC_KEY_INVALID`,
 * `COMMAND_SIGNATURE_INVALID`.
 */
export async function verifyJws(jws: string, type: string): Promise<Verified> {
  const { jwk, typ } = headerOf(jws);
  if (typ !== type) throw new PassportError('COMMAND_MALFORMED', `its type is not ${type}`);
  if (jwk === undefined) throw new PassportError('COMMAND_MALFORMED', 'its header has no jwk');
  const signer = thumbprint(jwk);
  try {
    const key = await importJWK(jwk as PublicKey, 'ES256');
    const { payload } = await compactVerify(jws, key, { algorithms: ['ES256'] });
    return { payload: Buffer.from(payload).toString('utf8'), signer };
  } catch (error) {
    if (
      error instanceof errors.JWSSignatureVerificationFailed ||
      !(error instanceof errors.JOSEError)
    ) {
      throw new PassportError('COMMAND_SIGNATURE_INVALID', 'the signature does not verify');
    }
    throw new PassportError('COMMAND_MALFORMED', error.message);
  }
}

function headerOf(jws: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    throw new PassportError('COMMAND_MALFORMED', 'its header is no JSON object');
  }
}
