import { X509Certificate } from 'node:crypto';

import { type CertificateIssuer, certificateIssuer, PassportError } from '@passport/model';

import { identityOfChain, type MemberRoots } from '../request-proof/member-roots.ts';
import { keyIdOfCertificate } from '../signing/certificate-key-id.ts';

/**
 * Whose certificates are believed, by the certificates that somebody shows for a key: they have to lead to the root of a
 * member, as the network's profile has it, now. Throws PassportError `CALLER_UNKNOWN`.
 */
export async function pinIssuer(
  x5c: readonly string[],
  roots: MemberRoots,
  now: Date,
): Promise<CertificateIssuer> {
  const chain = x5c.map(read);
  const { mspId } = identityOfChain(chain, roots, now);
  const [own] = chain;
  if (own === undefined) throw new PassportError('CALLER_UNKNOWN', 'the chain is empty');
  const { kty, crv, x, y } = own.publicKey.export({ format: 'jwk' });
  return certificateIssuer.parse({
    mspId,
    kid: await keyIdOfCertificate(Buffer.from(own.toString())),
    key: { kty, crv, x, y },
    from: Math.floor(own.validFromDate.getTime() / 1000),
    until: Math.floor(own.validToDate.getTime() / 1000),
  });
}

function read(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw new PassportError('CALLER_UNKNOWN', 'it is no certificate');
  }
}
