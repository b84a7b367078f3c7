import { type KeyObject, createPublicKey, X509Certificate } from 'node:crypto';

import {
  type KeyId,
  type MspId,
  parse,
  parseJson,
  PassportError,
  publicKey,
} from '@passport/model';
import { compactVerify, decodeProtectedHeader } from 'jose';
import * as z from 'zod';

import { keyIdOf } from '../signing/key-id.ts';
import { digestOf } from './digest.ts';
import { CHAIN_LENGTH_MAX, identityOfChain, type MemberRoots } from './member-roots.ts';
import {
  comparableUrl,
  PROOF_LENGTH_MAX,
  PROOF_TYPE,
  type ProofClaims,
  proofClaims,
  type ProvenRequest,
} from './proof.ts';
import type { ReplayStore } from './replay-store.ts';

/** Who a request is from: a member's user, or the holder of a bare key. */
export type Requester =
  | {
      readonly kind: 'member';
      readonly mspId: MspId;
      readonly isAdmin: boolean;
      readonly keyId: KeyId;
    }
  | { readonly kind: 'key'; readonly keyId: KeyId };

/** What proofs are checked against. */
export type ProofPolicy = {
  readonly roots: MemberRoots;
  readonly now: () => Date;
  readonly replays: ReplayStore;
};

/** A proof is good for so long after it was made. */
export const PROOF_AGE_MS_MAX = 60_000;

/** A caller's clock may be ahead of ours by so much. */
const PROOF_AHEAD_MS_MAX = 5_000;

const protectedHeader = z.union([
  z.strictObject({ alg: z.literal('ES256'), typ: z.literal(PROOF_TYPE), jwk: publicKey }),
  z.strictObject({
    alg: z.literal('ES256'),
    typ: z.literal(PROOF_TYPE),
    x5c: z
      .array(z.string().regex(/^[A-Za-z0-9+/]{1,4000}={0,2}$/))
      .min(1)
      .max(CHAIN_LENGTH_MAX),
  }),
]);

/**
 * Reads the proof of a request (value of the header `DPoP`) and says who it is from. The request's URL
 * is the one under which callers know this service: take it from the configuration, not from what
 * the caller says in `Host`. Throws PassportError `PROOF_REQUIRED`, `PROOF_MALFORMED`, `PROOF_EXPIRED`,
 * `PROOF_TARGET_WRONG`, `PROOF_SIGNATURE_INVALID`, `PROOF_REPLAYED`, `CALLER_UNKNOWN`, `NOT_READY`.
 */
export async function verifyRequest(
  proof: string | undefined,
  request: ProvenRequest,
  { roots, now, replays }: ProofPolicy,
): Promise<Requester> {
  if (proof === undefined || proof === '') {
    throw new PassportError('PROOF_REQUIRED', 'the header DPoP is not there');
  }
  if (proof.length > PROOF_LENGTH_MAX) throw malformed('it is too long');
  const at = now();
  const header = headerOf(proof);
  const { requester, key } =
    'jwk' in header ? await bareKey(header.jwk) : await member(header.x5c, roots, at);
  const claims = await claimsOf(proof, key);
  await requireTarget(claims, request);
  const madeMs = claims.iat * 1000;
  const ageMs = at.getTime() - madeMs;
  if (ageMs > PROOF_AGE_MS_MAX || ageMs < -PROOF_AHEAD_MS_MAX) {
    throw new PassportError('PROOF_EXPIRED', `it was made ${Math.round(ageMs)} ms ago`);
  }
  // Last, so that only what is good otherwise takes room.
  if (!replays.use(`${requester.keyId}|${claims.jti}`, madeMs, madeMs + PROOF_AGE_MS_MAX)) {
    throw new PassportError('PROOF_REPLAYED', 'it was used before, or may have been');
  }
  return requester;
}

type Prover = { readonly requester: Requester; readonly key: KeyObject };

async function bareKey(jwk: z.output<typeof publicKey>): Promise<Prover> {
  const keyId = await keyIdOf(jwk);
  return {
    requester: { kind: 'key', keyId },
    key: asKey(() => createPublicKey({ key: jwk, format: 'jwk' })),
  };
}

async function member(x5c: readonly string[], roots: MemberRoots, at: Date): Promise<Prover> {
  const chain = x5c.map(readCertificate);
  const [own] = chain;
  if (own === undefined) throw malformed('x5c is empty');
  const identity = identityOfChain(chain, roots, at);
  const key = asKey(() => own.publicKey);
  const keyId = await keyIdOf(parse(publicKey, key.export({ format: 'jwk' }), 'PROOF_MALFORMED'));
  return { requester: { kind: 'member', ...identity, keyId }, key };
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw malformed('x5c holds what is no certificate');
  }
}

function asKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw malformed('its key is no point on P-256');
  }
}

function headerOf(proof: string): z.output<typeof protectedHeader> {
  let header: unknown;
  try {
    header = decodeProtectedHeader(proof);
  } catch {
    throw malformed('its header is no JSON object');
  }
  const parsed = protectedHeader.safeParse(header);
  if (parsed.success) return parsed.data;
  throw malformed(`its header is ES256, ${PROOF_TYPE}, and jwk or x5c, nothing else`);
}

async function claimsOf(proof: string, key: KeyObject): Promise<ProofClaims> {
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(proof, key, { algorithms: ['ES256'] }));
  } catch {
    // Whatever it is that the library does not like: it is not signed by that key.
    throw new PassportError('PROOF_SIGNATURE_INVALID', 'the signature does not verify');
  }
  return parseJson(proofClaims, Buffer.from(payload).toString('utf8'), 'PROOF_MALFORMED');
}

async function requireTarget(
  claims: ProofClaims,
  { method, url, body }: ProvenRequest,
): Promise<void> {
  if (claims.htm !== method) throw wrong(`it is for ${claims.htm}`);
  if (!URL.canParse(claims.htu) || comparableUrl(claims.htu) !== comparableUrl(url)) {
    throw wrong('it is for another URL');
  }
  if (claims.digest !== (await digestOf(body))) throw wrong('it is for another body');
}

function wrong(detail: string): PassportError {
  return new PassportError('PROOF_TARGET_WRONG', detail);
}

function malformed(detail: string): PassportError {
  return new PassportError('PROOF_MALFORMED', detail);
}
