import * as z from 'zod';

import { codedText } from '../wire/parse.ts';

/** 32 bytes in base64url. */
const coordinate = codedText<string>('PUBLIC_KEY_INVALID', /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

/** A public key on P-256 as a JWK (RFC 7517, RFC 7518 section 6.2), with nothing else in it. */
export const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
});

/** {@link publicKey} */
export type PublicKey = z.output<typeof publicKey>;

/** What the thumbprint of a key is the SHA-256 hash of (RFC 7638, section 3). */
export function thumbprintInput(key: PublicKey): string {
  return JSON.stringify({ crv: key.crv, kty: key.kty, x: key.x, y: key.y });
}
