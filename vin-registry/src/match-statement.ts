import { createHmac } from 'node:crypto';

import type { SigningKey } from '@passport/ledger-client';
import {
  canonicalJson,
  type MspId,
  mspId,
  parseJson,
  PassportError,
  type PublicKey,
  sourceId,
  type SourceId,
  type Vid,
  vid,
  type Vin,
} from '@passport/model';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { z } from 'zod';

import { commitment } from './wire.ts';

/** `typ` of a statement's header. */
const STATEMENT_TYPE = 'passport-match+jws';

/** Bytes of a salt. */
export const SALT_BYTES = 32;

const statementClaims = z.strictObject({
  /** The registry's source. */
  iss: sourceId,
  sub: vid,
  commitment,
  /** The member whose intake saw VIN and paper: that the paper is of that car is its word. */
  intake: mspId,
  /** Seconds since 1970. */
  iat: z.int().positive(),
});

/** What the holder of VIN and paper keeps to prove the match later. */
export type MatchProof = {
  /** 32 random bytes, base64url. Without it the commitment tells nothing; whoever destroys it, erases. */
  readonly salt: string;
  /** The registry's statement. */
  readonly statement: string;
};

/** What is committed to. */
export type VinAndPaper = { readonly vin: Vin; readonly paper: string };

/** What a proof shows. */
export type VerifiedMatch = {
  readonly vid: Vid;
  readonly registry: SourceId;
  /** Whose intake saw VIN and paper. */
  readonly intake: MspId;
  readonly at: Date;
};

/** The commitment: HMAC-SHA-256 with the salt as key over both, in base64url. */
export function commitTo({ vin, paper }: VinAndPaper, salt: Uint8Array): string {
  return createHmac('sha256', salt).update(canonicalJson({ paper, vin })).digest('base64url');
}

/** States, as the registry, that a commitment was made to a vid. */
export function signStatement(
  key: SigningKey,
  stated: {
    readonly registry: SourceId;
    readonly vid: Vid;
    readonly commitment: string;
    readonly intake: MspId;
    readonly at: Date;
  },
): Promise<string> {
  const claims: z.output<typeof statementClaims> = {
    iss: stated.registry,
    sub: stated.vid,
    commitment: stated.commitment,
    intake: stated.intake,
    iat: Math.floor(stated.at.getTime() / 1000),
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: STATEMENT_TYPE })
    .sign(key.privateKey);
}

/**
 * Verifies that VIN and paper were matched to a vid: the holder shows both with their proof, and no
 * service is asked. Throws PassportError `COMMITMENT_INVALID`.
 */
export async function verifyMatch(
  shown: VinAndPaper,
  { salt, statement }: MatchProof,
  registryKey: PublicKey,
): Promise<VerifiedMatch> {
  let payload: Uint8Array;
  try {
    const key = await importJWK(registryKey, 'ES256');
    const verified = await compactVerify(statement, key, { algorithms: ['ES256'] });
    if (verified.protectedHeader.typ !== STATEMENT_TYPE) throw new Error('another type');
    ({ payload } = verified);
  } catch {
    throw new PassportError('COMMITMENT_INVALID', 'the registry did not sign that statement');
  }
  const text = Buffer.from(payload).toString('utf8');
  const claims = parseJson(statementClaims, text, 'COMMITMENT_INVALID');
  if (commitTo(shown, Buffer.from(salt, 'base64url')) !== claims.commitment) {
    throw new PassportError('COMMITMENT_INVALID', 'VIN, paper and salt are not what was stated');
  }
  const { sub, iss, intake, iat } = claims;
  return { vid: sub, registry: iss, intake, at: new Date(iat * 1000) };
}
