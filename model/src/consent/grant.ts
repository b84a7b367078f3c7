import * as z from 'zod';

import { fieldClass } from '../events/field-classes.ts';
import { aloneField } from '../events/key-scopes.ts';
import { keyId, mspId, reference } from '../identifiers/names.ts';
import { instant } from '../time/instant.ts';
import { codedChoice, codedText } from '../wire/parse.ts';
import { isWithoutDoubles } from '../wire/without-doubles.ts';

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

export const purpose = codedChoice('GRANT_INVALID', purposes);

/** Grounds of Article 6(1) GDPR that a grant can rest on. */
export const legalBases = ['consent', 'contract', 'legal-obligation'] as const;

/** A grant lasts 90 days unless it says otherwise, and two years at most. */
export const GRANT_DAYS_DEFAULT = 90;
export const GRANT_DAYS_MAX = 730;

/** Who is granted access: a member, or the holder of a key. */
export const grantee = z.union([z.strictObject({ mspId }), z.strictObject({ keyId })]);

/**
 * Keys of a vehicle, sealed to one reader: HPKE base mode (RFC 9180), the encapsulated secret before the
 * ciphertext, in base64url.
 */
const sealedKeys = codedText<string>('SEALED_FIELD_INVALID', /^[A-Za-z0-9_-]{100,6000}$/);

/** Keys that a grant comes with, and the key of the grantee that they are sealed to. */
export const keyWrap = z.strictObject({
  /** Thumbprint of the grantee's key for this vehicle. */
  readerKey: keyId,
  keys: sealedKeys,
});

/** As {@link keyWrap}, long enough for the keys of all scopes over fourteen years of quarters. */
export const handOverWrap = keyWrap.extend({
  keys: codedText<string>('SEALED_FIELD_INVALID', /^[A-Za-z0-9_-]{100,24000}$/),
});

/** {@link keyWrap} */
export type KeyWrap = z.output<typeof keyWrap>;

/** Wraps of one grant at most: one for each time that keys were added. */
export const WRAPS_MAX = 64;

const twice = { error: 'one comes twice', params: { code: 'GRANT_INVALID' } };

/** What an owner grants: who may read which of a vehicle's fields, for what and when. */
export const grantTerms = z
  .strictObject({
    grantee,
    classes: z.array(fieldClass).max(7).refine(isWithoutDoubles, twice),
    /** Fields that are sealed by themselves, of classes that are not granted. */
    fields: z.array(aloneField).max(20).refine(isWithoutDoubles, twice).default([]),
    purpose,
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
    /** The keys; none on a ledger that does not seal. */
    wrap: keyWrap.optional(),
  })
  .refine(({ classes, fields }) => classes.length + fields.length > 0, {
    error: 'it names no class and no field',
    params: { code: 'GRANT_INVALID' },
  });

/** {@link grantTerms} */
export type GrantTerms = z.output<typeof grantTerms>;
