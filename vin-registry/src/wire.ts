import { codedText, mspId, reason, vid } from '@passport/model';
import { oprfKeyId, vinTag } from '@passport/privacy/oprf';
import { z } from 'zod';

/** Elements of one evaluation, at most. */
export const ELEMENTS_MAX = 50;

/** Vehicles of one request to the registry, at most. */
export const MATCHES_MAX = 500;

/** Keys of the OPRF in use at once, at most: one, and its successor while it takes over. */
export const KEYS_MAX = 4;

/** Bytes of a request's body, at most; {@link MATCHES_MAX} vehicles with all their tags fit. */
export const BODY_BYTES_MAX = 512 * 1024;

/** A compressed point: 33 bytes are 44 characters of base64url without a rest. */
const element = codedText<string>('OPRF_ELEMENT_INVALID', /^[A-Za-z0-9_-]{44}$/);

/** 32 bytes in base64url: HMAC-SHA-256 over VIN and paper number. */
export const commitment = codedText<string>(
  'COMMITMENT_INVALID',
  /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/,
);

/** What is asked of the evaluator: `POST /v1/evaluations`. */
export const evaluationRequest = z.strictObject({
  keyId: oprfKeyId,
  blinded: z.array(element).min(1).max(ELEMENTS_MAX),
});

/** What it answers. */
export const evaluationAnswer = z.object({
  evaluated: z.array(element).readonly(),
  proof: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

/** What an intake is after: the vid, or the vid and to be the one who registers the vehicle. */
const matchWants = ['vid', 'registration'] as const;

const matchRequest = z.strictObject({
  /** One of each key in use. */
  tags: z.array(vinTag).min(1).max(KEYS_MAX).readonly(),
  wants: z.enum(matchWants),
  commitment,
});

/** What is asked about one vehicle. */
export type MatchRequest = z.output<typeof matchRequest>;

/** What is asked of the registry: `POST /v1/matches`. */
export const matchesRequest = z.strictObject({
  matches: z.array(matchRequest).min(1).max(MATCHES_MAX),
});

const matchAnswer = z.object({
  vid,
  /** Whether the registry had no vehicle of that tag before. */
  isNew: z.boolean(),
  isDisputed: z.boolean(),
  /** By which the vehicle is registered on the ledger, once; null for who may not. */
  ticket: z.string().nullable(),
  /** The registry's signed word that the commitment was made to this vid. */
  statement: z.string(),
});

/** What the registry answers about one vehicle. */
export type MatchAnswer = z.output<typeof matchAnswer>;

/** What the registry answers. */
export const matchesAnswer = z.object({ matches: z.array(matchAnswer).readonly() });

/** How a dispute is decided: `POST /v1/disputes/{vid}`. */
export const decisionRequest = z.strictObject({
  /** Whose claim is the right one: the first one's, or another claimant's. */
  claimant: mspId,
  reason,
});

/** {@link decisionRequest} */
export type DisputeDecision = z.output<typeof decisionRequest>;
