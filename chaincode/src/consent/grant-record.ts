import {
  type Grant,
  GRANT_DAYS_MAX,
  type GrantTerms,
  type Instant,
  instantOf,
  millisecondsOf,
  type ParameterValue,
  PassportError,
  type Vid,
} from '@passport/model';

import type { Owner } from './owner-state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Where and when a grant is made. */
export type GrantContext = {
  readonly vid: Vid;
  readonly grantId: string;
  readonly owner: Owner;
  readonly now: Instant;
  readonly limits: ParameterValue<'consent.grant-days'>;
};

/**
 * The grant that an owner's terms come to. It begins with the transaction unless they say later, and
 * ends after the default number of days unless they say when. The longest time that is allowed counts
 * from the transaction, so that nobody consents today for years that begin in years.
 * Throws PassportError `EXPIRY_INVALID`.
 */
export function grantRecord(terms: GrantTerms, context: GrantContext): Grant {
  const { vid, grantId, owner, now, limits } = context;
  const notBefore = terms.notBefore !== undefined && terms.notBefore > now ? terms.notBefore : now;
  const expiresAt =
    terms.expiresAt ?? instantOf(millisecondsOf(notBefore) + limits.initial * DAY_MS);
  const daysMax = Math.min(limits.max, GRANT_DAYS_MAX);
  if (expiresAt <= notBefore) {
    throw new PassportError('EXPIRY_INVALID', `it would end at ${expiresAt}, before it begins`);
  }
  if (millisecondsOf(expiresAt) - millisecondsOf(now) > daysMax * DAY_MS) {
    throw new PassportError('EXPIRY_INVALID', `a grant ends ${daysMax} days from now at most`);
  }
  return {
    grantId,
    vid,
    owner: owner.keyId,
    ownerEpoch: owner.ownerEpoch,
    grantee: terms.grantee,
    classes: terms.classes,
    fields: terms.fields,
    purpose: terms.purpose,
    legalBasis: terms.legalBasis,
    notBefore,
    expiresAt,
    includesPast: terms.includesPast,
    queriesMax: terms.queriesMax ?? null,
    document: terms.document ?? null,
    revokedAt: null,
    retracts: false,
    wraps: terms.wrap === undefined ? [] : [terms.wrap],
  };
}

/** Whether a grant holds at a time. Of which owner it is, is for its key to say. */
export function holdsAt(grant: Grant, time: Instant): boolean {
  return grant.revokedAt === null && grant.notBefore <= time && time < grant.expiresAt;
}
