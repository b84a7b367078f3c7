import * as z from 'zod/mini';

import { vehicleStates } from '../vehicle/life-cycle.ts';

/**
 * What a car's certificate says: claims of a compact JWS with ES256, signed by a member. It stands in the QR code of
 * a page of paper, so that names are short, and what was not chosen is not there. Browsers read it: the schemas are of
 * zod/mini, which is a twentieth of zod, and texts have no brands.
 */

/** `typ` of its protected header. */
export const CERTIFICATE_TYPE = 'passport-car+jws';

/** Days that a certificate may be good for; a car's past does not get better by waiting. */
export const CERTIFICATE_DAYS_MAX = 90;

/** What its owner chooses from, in the order in which it is shown. */
export const certificateFields = [
  'mileage',
  'life',
  'owners',
  'freshness',
  'quality',
  'basis',
] as const;

export type CertificateField = (typeof certificateFields)[number];

const count = z.int().check(z.nonnegative());
/** What is nothing is left out: the text has to fit a QR code. */
const countOrNothing = z._default(count, 0);
const seconds = z.int().check(z.positive());
const day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/));

/** 128 bits in base64url, in the one spelling that they have. */
const bits128 = z.string().check(z.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/));
/** 256 bits in base64url, in the one spelling that they have. */
const bits256 = z.string().check(z.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/));

/** Readings of the odometer, in the order of their days, and whether each goes on from the one before. */
export const certifiedMileage = z.strictObject({
  /**
   * `consistent`: two readings at least, and no reason to doubt one; `doubtful`: there is a reason;
   * `unknown`: fewer than two readings tell nothing.
   */
  says: z.enum(['consistent', 'doubtful', 'unknown']),
  readings: count,
  /** The first reading's day. */
  since: z.nullable(day),
  /** The last reading, whole kilometres, and its day. */
  km: z.nullable(count),
  on: z.nullable(day),
  /** Steps back, all their kilometres, and the day of the last one. */
  backs: countOrNothing,
  backKm: countOrNothing,
  backOn: z._default(z.nullable(day), null),
  /** Readings with more kilometres than the days before allow. */
  jumps: countOrNothing,
  /** Readings that contradict another one of their own source. */
  against: countOrNothing,
});

/** Where the car is in its life. */
export const certifiedLife = z.strictObject({
  state: z.enum(vehicleStates),
  /** `cleared`: it was declared a wreck once, and another expert has cleared it since. */
  wreck: z.enum(['never', 'wreck', 'repaired', 'cleared']),
  /** Incidents on record. */
  incidents: countOrNothing,
  /** Events of times in which it should not have been on the road. */
  offRoad: countOrNothing,
});

/** How far the events can be trusted. */
export const certifiedQuality = z.strictObject({
  band: z.enum(['high', 'good', 'fair', 'low', 'none']),
  /** The lower median of the quality indices, 0 to 1000; null without events. */
  median: z.nullable(count),
});

/** What it rests on. */
export const certifiedBasis = z.strictObject({
  /** Events that stand, by how they were observed. */
  events: z.record(z.string().check(z.regex(/^[a-z-]{1,20}$/)), count),
  sources: count,
  members: count,
});

/** {@link certificateClaims} without those that say of what, by whom and for how long. */
export const certifiedParts = {
  mileage: z.optional(certifiedMileage),
  life: z.optional(certifiedLife),
  /** Owners there have been; 0 where none is on record. */
  owners: z.optional(count),
  /** The day of the newest event, and the day on which the newest was recorded. */
  freshness: z.optional(z.strictObject({ on: z.nullable(day), recordedOn: z.nullable(day) })),
  quality: z.optional(certifiedQuality),
  basis: z.optional(certifiedBasis),
};

/** Claims, by the names of RFC 7519 where it has one. */
export const certificateClaims = z.strictObject({
  /** The member that computed and signed it. */
  iss: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/)),
  iat: seconds,
  exp: seconds,
  /** The certificate's name, by which its state is asked for. It is random, and tells nothing of the car. */
  jti: bits128,
  /** The ledger, the block that it is exact at, and the ledger's time there. */
  ledger: z.string().check(z.regex(/^fabric:[0-9a-f]{32}$/)),
  block: count,
  at: seconds,
  /** The car, for who knows its vid already: {@link carDigest}. */
  car: bits128,
  /** The owner's commitment to the VIN, if they made one: {@link vinCommitment}. It is their word, not the member's. */
  vin: z.optional(bits256),
  /** Events that a program made up: then all of it is a demonstration. */
  madeUp: countOrNothing,
  ...certifiedParts,
});

/** {@link certificateClaims} */
export type CertificateClaims = z.output<typeof certificateClaims>;

/** Members that are left out where they are 0 or null: reading puts them back. */
const nothings = new Set<string>([
  ...['madeUp', 'backs', 'backKm', 'backOn', 'jumps', 'against', 'incidents', 'offRoad'],
]);

/** Claims as JSON that fits a QR code. */
export function certificateJson(claims: CertificateClaims): string {
  return JSON.stringify(claims, (name, value: unknown) =>
    nothings.has(name) && (value === 0 || value === null) ? undefined : value,
  );
}

/** What is said of a car, chosen or not. */
export type CertifiedParts = {
  readonly [Field in CertificateField]: NonNullable<CertificateClaims[Field]>;
};

/** How its state is asked for. */
export const certificateStates = ['current', 'changed', 'ended', 'revoked'] as const;

/**
 * The state of a certificate, which anybody may ask for who has it: `current`, the log book says the same still;
 * `changed`, it would say something else now; `ended`, the car has another owner, or none; `revoked` by its owner.
 */
export const certificateStatus = z.strictObject({
  id: bits128,
  status: z.enum(certificateStates),
  ledger: z.string(),
  /** The newest block, as of which this is said, and the ledger's time there. */
  block: count,
  ledgerTime: z.string(),
});

/** {@link certificateStatus} */
export type CertificateStatus = z.output<typeof certificateStatus>;
