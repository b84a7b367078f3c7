import { CompactSign } from 'jose';

import type { PersonKey } from '../signing/person-key.ts';
import { digestOf } from './digest.ts';
import { comparableUrl, PROOF_TYPE, type ProofClaims, type ProvenRequest } from './proof.ts';

/** A member's user: a `LedgerIdentity` on a server, a key of WebCrypto with its certificate in a browser. */
export type CertifiedSigner = {
  /** In PEM. */
  readonly certificate: Uint8Array;
  readonly privateKey: PersonKey['privateKey'];
};

/** Who signs a request: a member's user by its certificate, or anybody by a bare key. */
export type RequestSigner = CertifiedSigner | PersonKey;

/**
 * Signs a request; the answer is the value of the header `DPoP`. One proof is for one request: sign
 * again to try again.
 */
export async function signRequest(
  signer: RequestSigner,
  { method, url, body }: ProvenRequest,
  now: () => Date,
): Promise<string> {
  const digest = await digestOf(body);
  const claims: ProofClaims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: comparableUrl(url),
    iat: now().getTime() / 1000,
    ...(digest === undefined ? {} : { digest }),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: PROOF_TYPE, ...keyHeader(signer) })
    .sign(signer.privateKey);
}

function keyHeader(signer: RequestSigner) {
  if ('publicKey' in signer) return { jwk: signer.publicKey };
  return { x5c: [derOf(signer.certificate)] };
}

/** The first certificate of a PEM text (RFC 7468) as RFC 7515 has it: DER in plain base64. */
function derOf(pem: Uint8Array): string {
  const [, lines = ''] =
    /-----BEGIN CERTIFICATE-----([^-]+)/.exec(new TextDecoder().decode(pem)) ?? [];
  return lines.replace(/\s/g, '');
}
