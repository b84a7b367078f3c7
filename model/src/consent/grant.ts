import { z } from 'zod';

import { fieldClass } from '../events/field-classes.ts';
import { keyId, mspId, reference } from '../identifiers/names.ts';
import { instant } from '../time/instant.ts';
import { codedChoice } from '../wire/parse.ts';

/** What somebody may want a vehicle's data for. */
export const purposes = [
  'maintenance',
  'insurance',
  'claim',
  'assistance',
  'inspection',
  'sale',
  'market',
  'research',
] as const;

export type Purpose = (typeof purposes)[number];

/** Grounds of Article 6(1) GDPR that a grant can rest on. */
export const legalBases = ['consent', 'contract', 'legal-obligation'] as const;

/** A grant lasts 90 days unless it says otherwise, and two years at most. */
export const GRANT_DAYS_DEFAULT = 90;
export const GRANT_DAYS_MAX = 730;

/** Who is granted access: a member, or the holder of a key. */
export const grantee = z.union([z.strictObject({ mspId }), z.strictObject({ keyId })]);

/** What an owner grants: who may read which classes of a vehicle's fields, for what and when. */
export const grantTerms = z.strictObject({
  grantee,
  classes: z
    .array(fieldClass)
    .min(1)
    .max(7)
    .refine((classes) => new Set(classes).size === classes.length, {
      error: 'a class comes twice',
      params: { code: 'GRANT_INVALID' },
    }),
  purpose: codedChoice('GRANT_INVALID', purposes),
  legalBasis: codedChoice('GRANT_INVALID', legalBases),
  /** From then on; from the transaction on without it. */
  notBefore: instant.optional(),
  /** 90 days after its beginning without it. */
  expiresAt: instant.optional(),
  /** Whether it opens what was recorded before it, too. */
  includesPast: z.boolean().default(false),
  /** How many queries it allows; any number without it. */
  queriesMax: z.int().min(1).max(1_000_000_000).optional(),
  /** A document that both agreed on. */
  document: reference.optional(),
});

/** {@link grantTerms} */
export type GrantTerms = z.output<typeof grantTerms>;
