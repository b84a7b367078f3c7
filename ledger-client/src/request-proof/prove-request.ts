import { base64url, CompactSign } from 'jose';

import type { SignerKey } from '../signing/signer-key.ts';
import { comparableUrl, PROOF_TYPE, type ProofClaims, type ProvenRequest } from './proof.ts';

/**
 * Proves by a bare key who sends a request; the answer is the value of the header `DPoP`. One proof is for
 * one request: prove again to try again. WebCrypto only, so that a page can do it too.
 */
export async function proveRequest(
  key: SignerKey,
  { method, url, body }: ProvenRequest,
  now: () => Date,
): Promise<string> {
  const claims: ProofClaims = {
    jti: globalThis.crypto.randomUUID(),
    htm: method,
    htu: comparableUrl(url),
    iat: now().getTime() / 1000,
    ...(body === undefined || body.length === 0 ? {} : { digest: await digestOf(body) }),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: PROOF_TYPE, jwk: key.publicKey })
    .sign(key.privateKey);
}

async function digestOf(body: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', Uint8Array.from(body));
  return base64url.encode(new Uint8Array(digest));
}
