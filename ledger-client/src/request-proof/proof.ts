import * as z from 'zod';

/**
 * A caller's proof of a key, for one HTTP request: the shape of DPoP (RFC 9449), a compact JWS with
 * ES256 in the header `DPoP`. Its protected header has the key itself (`jwk`) or, of a member, its
 * certificate (`x5c`, RFC 7515 section 4.1.6). Two things differ from the RFC: `htu` has the query, and
 * `digest` the body, so that nobody on the way can ask something else in the caller's name.
 */
export const PROOF_HEADER = 'DPoP';

/** `typ` of its protected header. */
export const PROOF_TYPE = 'dpop+jwt';

/** Longest proof that is read, in characters: room for a certificate and one authority between. */
export const PROOF_LENGTH_MAX = 12_000;

/** Claims of a proof. */
export const proofClaims = z.strictObject({
  /** Names the proof; it is good once. */
  jti: z.string().min(16).max(64),
  /** Method of the request. */
  htm: z.string().min(1).max(16),
  /** Its URL with the query, without a fragment. */
  htu: z.string().min(1).max(4_000),
  /** When it was made: seconds since 1970, with a fraction. */
  iat: z.number().nonnegative(),
  /** SHA-256 of the body, base64url; left out where there is none. */
  digest: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
});

/** {@link proofClaims} */
export type ProofClaims = z.output<typeof proofClaims>;

/** What a proof is bound to. */
export type ProvenRequest = {
  readonly method: string;
  /** Absolute, as the caller knows it. */
  readonly url: string;
  readonly body?: Uint8Array;
};

/** A URL as it is compared: normalised (WHATWG URL), without its fragment. */
export function comparableUrl(url: string): string {
  const parsed = new URL(url);
  parsed.hash = '';
  return parsed.href;
}
