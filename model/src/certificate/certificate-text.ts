import { base64urlOf, bytesOfBase64url, textOfUtf8 } from '#bytes';
import * as z from 'zod/mini';

import {
  CERTIFICATE_TYPE,
  type CertificateClaims,
  certificateClaims,
} from './certificate-claims.ts';

/** Longest certificate that is read, in characters. */
const LENGTH_MAX = 4_000;

/** A VIN that goes with a certificate, and the salt that the commitment in it was made with. */
export type ShownVin = { readonly salt: string; readonly vin: string };

/** What stands in a QR code behind `#`: a compact JWS (RFC 7515), and behind `~` the salt, `~`, the VIN. */
const spelling =
  /^([A-Za-z0-9_-]{1,400})\.([A-Za-z0-9_-]{1,3000})\.([A-Za-z0-9_-]{86})(?:~([A-Za-z0-9_-]{21}[AQgw])~([A-HJ-NPR-Z0-9]{17}))?$/;

const protectedHeader = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal(CERTIFICATE_TYPE),
  /** The signer's key: its thumbprint (RFC 7638). */
  kid: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
});

/** A certificate that was read, and not verified. */
export type ReadCertificate = {
  readonly kid: string;
  readonly claims: CertificateClaims;
  /** What was signed, in ASCII, and the signature: 64 bytes. */
  readonly signed: string;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly shown: ShownVin | undefined;
};

/**
 * Reads a certificate. Undefined of what is none: each has one spelling, so that a changed character makes it unreadable
 * or breaks its signature, also where it has bits that mean nothing.
 */
export function readCertificate(text: string): ReadCertificate | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const [, head = '', body = '', signature = '', salt, vin] = spelling.exec(text) ?? [];
  const header = protectedHeader.safeParse(valueOf(head));
  const claims = certificateClaims.safeParse(valueOf(body));
  const bytes = bytesOfBase64url(signature);
  if (!header.success || !claims.success || base64urlOf(bytes) !== signature) return undefined;
  return {
    kid: header.data.kid,
    claims: claims.data,
    signed: `${head}.${body}`,
    signature: bytes,
    shown: salt === undefined || vin === undefined ? undefined : { salt, vin },
  };
}

/** A certificate with its VIN behind it. */
export function withVin(certificate: string, { salt, vin }: ShownVin): string {
  return `${certificate}~${salt}~${vin}`;
}

/** The certificate in a text that somebody pasted: a link, or what stands behind its `#`. */
export function certificateIn(text: string): string {
  const compact = text.trim();
  return compact.slice(compact.indexOf('#') + 1);
}

function valueOf(part: string): unknown {
  const bytes = bytesOfBase64url(part);
  if (base64urlOf(bytes) !== part) return undefined;
  try {
    return JSON.parse(textOfUtf8(bytes)) as unknown;
  } catch {
    // What is no JSON has no value: the schema refuses it.
    return undefined;
  }
}
