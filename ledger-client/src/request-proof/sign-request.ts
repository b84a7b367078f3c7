import { createHash, randomUUID, X509Certificate } from 'node:crypto';

import { CompactSign } from 'jose';

import type { LedgerIdentity } from '../identity.ts';
import type { SigningKey } from '../signing/signing-key.ts';
import { comparableUrl, PROOF_TYPE, type ProofClaims, type ProvenRequest } from './proof.ts';

/** Who signs a request: a member's user by its certificate, or anybody by a bare key. */
export type RequestSigner = LedgerIdentity | SigningKey;

/**
 * Signs a request; the answer is the value of the header `DPoP`. One proof is for one request: sign
 * again to try again.
 */
export function signRequest(
  signer: RequestSigner,
  { method, url, body }: ProvenRequest,
  now: () => Date,
): Promise<string> {
  const claims: ProofClaims = {
    jti: randomUUID(),
    htm: method,
    htu: comparableUrl(url),
    iat: now().getTime() / 1000,
    ...(body === undefined || body.length === 0 ? {} : { digest: digestOf(body) }),
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: PROOF_TYPE, ...keyHeader(signer) })
    .sign(signer.privateKey);
}

/** SHA-256 of a body, in base64url. */
export function digestOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url');
}

function keyHeader(signer: RequestSigner) {
  if ('publicKey' in signer) return { jwk: signer.publicKey };
  // DER in plain base64, as RFC 7515 has it.
  return { x5c: [new X509Certificate(signer.certificate).raw.toString('base64')] };
}
