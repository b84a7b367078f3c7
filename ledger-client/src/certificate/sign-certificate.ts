import { X509Certificate } from 'node:crypto';

import {
  CERTIFICATE_TYPE,
  type CertificateClaims,
  certificateClaims,
  certificateJson,
} from '@passport/model';
import { CompactSign } from 'jose';

import type { LedgerIdentity } from '../identity.ts';
import { keyIdOfCertificate } from '../signing/certificate-key-id.ts';

/** What a member says of a car, besides its own name. */
export type CertificateToSign = Omit<CertificateClaims, 'iss'>;

/**
 * Signs, as a member, what its log book says of a car: a compact JWS (RFC 7515) with ES256. It has the thumbprint of
 * the member's key only, since it goes into a QR code; who verifies it knows the key ({@link pinIssuer}).
 */
export async function signCertificate(
  identity: LedgerIdentity,
  claims: CertificateToSign,
): Promise<string> {
  const signed = certificateClaims.parse({ iss: identity.mspId, ...claims });
  const kid = await keyIdOfCertificate(identity.certificate);
  return new CompactSign(Buffer.from(certificateJson(signed)))
    .setProtectedHeader({ alg: 'ES256', typ: CERTIFICATE_TYPE, kid })
    .sign(identity.privateKey);
}

/** The certificate of who signs, as issuers are told: DER in base64, as `x5c` of RFC 7515 has it. */
export function chainOf({ certificate }: LedgerIdentity): readonly [string] {
  return [new X509Certificate(certificate).raw.toString('base64')];
}
