import * as z from 'zod/mini';

import type { CertificateClaims } from './certificate-claims.ts';
import { readCertificate, type ShownVin } from './certificate-text.ts';
import { vinCommitment } from './commitments.ts';

const coordinate = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** Whose certificates are believed: a member's key, which its certificate under the member's root was shown for. */
export const certificateIssuer = z.strictObject({
  mspId: z.string(),
  /** Thumbprint of the key (RFC 7638). */
  kid: z.string(),
  key: z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: coordinate,
    y: coordinate,
  }),
  /** In which time what it signed counts: seconds since 1970. */
  from: z.int(),
  until: z.int(),
});

/** {@link certificateIssuer} */
export type CertificateIssuer = z.output<typeof certificateIssuer>;

/** Verifies ES256 (RFC 7518, section 3.4): WebCrypto does. */
export type VerifyEs256 = (
  key: CertificateIssuer['key'],
  signed: string,
  signature: Uint8Array<ArrayBuffer>,
) => Promise<boolean>;

/** What a certificate is found to be, by its text and the keys of issuers alone. */
export type Judgement =
  /** It is none, or was cut off. */
  | { readonly is: 'unreadable' }
  /** It is by nobody whose key is known; what it says is not repeated. */
  | { readonly is: 'unknown-issuer'; readonly named: string }
  /** Something in it was changed, or the VIN that came with it is another. */
  | { readonly is: 'altered' }
  | {
      readonly is: 'genuine' | 'expired';
      readonly claims: CertificateClaims;
      readonly issuer: CertificateIssuer;
      /** The VIN that came with it, and fits. */
      readonly shown: ShownVin | undefined;
    };

/** What a certificate is judged by. */
export type JudgedBy = {
  readonly issuers: readonly CertificateIssuer[];
  readonly verify: VerifyEs256;
  readonly now: () => Date;
};

/** Judges a certificate, offline. Whether it was revoked since is for its issuer to say. */
export async function judgeCertificate(
  text: string,
  { issuers, verify, now }: JudgedBy,
): Promise<Judgement> {
  const read = readCertificate(text);
  if (read === undefined) return { is: 'unreadable' };
  const { kid, claims, signed, signature, shown } = read;
  const issuer = issuers.find((each) => each.kid === kid);
  if (issuer === undefined) return { is: 'unknown-issuer', named: claims.iss };
  if (!(await verify(issuer.key, signed, signature))) return { is: 'altered' };
  if (issuer.mspId !== claims.iss || claims.iat < issuer.from || claims.iat > issuer.until) {
    return { is: 'unknown-issuer', named: claims.iss };
  }
  if (shown !== undefined && vinCommitment(shown.salt, shown.vin) !== claims.vin) {
    return { is: 'altered' };
  }
  const is = now().getTime() / 1000 < claims.exp ? 'genuine' : 'expired';
  return { is, claims, issuer, shown };
}

/** {@link VerifyEs256} by WebCrypto, as browsers and Node have it. */
export function webCryptoEs256(subtle: typeof globalThis.crypto.subtle): VerifyEs256 {
  return async (key, signed, signature) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const imported = await subtle.importKey('jwk', key, algorithm, false, ['verify']);
    const bytes = new TextEncoder().encode(signed);
    return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, signature, bytes);
  };
}
