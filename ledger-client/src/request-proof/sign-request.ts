import { createHash, randomUUID, X509Certificate } from 'node:crypto';

import { CompactSign } from 'jose';

import type { LedgerIdentity } from '../identity.ts';
import type { SignerKey } from '../signing/signer-key.ts';
import { comparableUrl, PROOF_TYPE, type ProofClaims, type ProvenRequest } from './proof.ts';
import { proveRequest } from './prove-request.ts';

/** Who signs a request: a member's user by its certificate, or anybody by a bare key. */
export type RequestSigner = LedgerIdentity | SignerKey;

/**
 * Signs a request; the answer is the value of the header `DPoP`. One proof is for one request: sign
 * again to try again.
 */
export function signRequest(
  signer: RequestSigner,
  request: ProvenRequest,
  now: () => Date,
): Promise<string> {
  if ('publicKey' in signer) return proveRequest(signer, request, now);
  const { method, url, body } = request;
  const claims: ProofClaims = {
    jti: randomUUID(),
    htm: method,
    htu: comparableUrl(url),
    iat: now().getTime() / 1000,
    ...(body === undefined || body.length === 0 ? {} : { digest: digestOf(body) }),
  };
  // DER in plain base64, as RFC 7515 has it.
  const x5c = [new X509Certificate(signer.certificate).raw.toString('base64')];
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: PROOF_TYPE, x5c })
    .sign(signer.privateKey);
}

/** SHA-256 of a body, in base64url. */
export function digestOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url');
}
