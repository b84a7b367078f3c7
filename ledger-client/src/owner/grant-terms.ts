import {
  GRANT_DAYS_DEFAULT,
  type GrantTemplateName,
  grantTemplates,
  type GrantTerms,
  type Instant,
  instantOf,
  millisecondsOf,
  type PublicKey,
} from '@passport/model';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Who reads: a member or the holder of a key, and their key for this vehicle. */
export type Reader = {
  readonly grantee: GrantTerms['grantee'];
  readonly readerKey: PublicKey;
};

/** Terms as an owner decides on them; the keys come to them. */
export type TermsOfGrant = Omit<GrantTerms, 'wrap' | 'grantee'>;

/** The terms of a template, from now on. */
export function termsOf(name: GrantTemplateName, now: Instant): TermsOfGrant {
  const { classes, fields, purpose, legalBasis, includesPast, days } = grantTemplates[name];
  const expiresAt = instantOf(millisecondsOf(now) + days * DAY_MS);
  return {
    ...{ classes: [...classes], fields: [...fields], purpose, legalBasis, includesPast, expiresAt },
  };
}

/** When a grant ends that begins now. */
export function endOf({ notBefore, expiresAt }: TermsOfGrant, now: Instant): Instant {
  const begin = notBefore !== undefined && notBefore > now ? notBefore : now;
  return expiresAt ?? instantOf(millisecondsOf(begin) + GRANT_DAYS_DEFAULT * DAY_MS);
}
