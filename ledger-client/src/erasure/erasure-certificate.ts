import { X509Certificate } from 'node:crypto';

import {
  ERASURE_TYPE,
  type ErasureClaims,
  erasureClaims,
  parseJson,
  PassportError,
} from '@passport/model';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import * as z from 'zod';

import type { LedgerIdentity } from '../identity.ts';
import {
  CHAIN_LENGTH_MAX,
  identityOfChain,
  type MemberRoots,
} from '../request-proof/member-roots.ts';

/** Longest certificate that is read, in characters. */
const LENGTH_MAX = 64_000;

const protectedHeader = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal(ERASURE_TYPE),
  x5c: z
    .array(z.string().regex(/^[A-Za-z0-9+/]{1,4000}={0,2}$/))
    .min(1)
    .max(CHAIN_LENGTH_MAX),
});

/**
 * Signs, as a member, what it destroyed: a compact JWS (RFC 7515) with ES256, and the certificate of who signed it
 * in the header (`x5c`).
 */
export function signErasure(
  identity: LedgerIdentity,
  claims: Omit<ErasureClaims, 'iss'>,
): Promise<string> {
  const signed = erasureClaims.parse({ iss: identity.mspId, ...claims });
  return new CompactSign(Buffer.from(JSON.stringify(signed)))
    .setProtectedHeader({
      alg: 'ES256',
      typ: ERASURE_TYPE,
      x5c: [new X509Certificate(identity.certificate).raw.toString('base64')],
    })
    .sign(identity.privateKey);
}

/**
 * Verifies a certificate, and answers what it says. The signer's own certificate has to have been valid when
 * it signed, under a root of the member that it names. Throws PassportError `ERASURE_UNPROVEN`, `CALLER_UNKNOWN`.
 */
export async function verifyErasure(jws: string, roots: MemberRoots): Promise<ErasureClaims> {
  if (jws.length > LENGTH_MAX) throw unproven('it is too long');
  const chain = chainOf(jws);
  const [own] = chain;
  if (own === undefined) throw unproven('x5c is empty');
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(jws, own.publicKey, { algorithms: ['ES256'] }));
  } catch {
    // Whatever it is that the library does not like: it is not signed by that key.
    throw unproven('the signature does not verify');
  }
  const text = Buffer.from(payload).toString('utf8');
  const claims = parseJson(erasureClaims, text, 'ERASURE_UNPROVEN');
  const { mspId } = identityOfChain(chain, roots, new Date(claims.iat * 1000));
  if (mspId !== claims.iss) throw unproven(`${mspId} signed it, in the name of ${claims.iss}`);
  return claims;
}

function chainOf(jws: string): X509Certificate[] {
  try {
    const { x5c } = protectedHeader.parse(decodeProtectedHeader(jws));
    return x5c.map((base64) => new X509Certificate(Buffer.from(base64, 'base64')));
  } catch {
    throw unproven(`its header is ES256, ${ERASURE_TYPE}, and x5c, nothing else`);
  }
}

function unproven(detail: string): PassportError {
  return new PassportError('ERASURE_UNPROVEN', detail);
}
