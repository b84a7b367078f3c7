import {
  aloneField,
  fieldClass,
  grantee,
  type Grant,
  handOverWrap,
  instant,
  keyId,
  keyScope,
  keyWrap,
  legalBases,
  type Ownership,
  publicKey,
  purpose,
  type SealingKey,
  vid,
} from '@passport/model';
import * as z from 'zod';

import type { RelayedCommand } from './relay-desk.ts';

/** What a relay answers, read once: a server is another program, and may be another version. */

/** The owner of a vehicle. */
export const ownershipAnswer: z.ZodType<Ownership | null> = z
  .object({
    vid,
    owner: keyId,
    ownerEpoch: z.int().min(1),
    since: instant,
    handOver: handOverWrap.nullable(),
  })
  .nullable();

/** Keys that can be sealed to. */
export const sealingKeysAnswer: z.ZodType<readonly SealingKey[]> = z.array(
  z.object({
    vid,
    scope: keyScope,
    epoch: z.int().min(1),
    ownerEpoch: z.int().min(1),
    suite: z.int(),
    key: publicKey,
    from: instant,
  }),
);

/** Grants of an owner. */
export const grantsAnswer: z.ZodType<readonly Grant[]> = z.array(
  z.object({
    grantId: z.string(),
    vid,
    owner: keyId,
    ownerEpoch: z.int().min(1),
    grantee,
    classes: z.array(fieldClass),
    fields: z.array(aloneField),
    purpose,
    legalBasis: z.enum(legalBases),
    notBefore: instant,
    expiresAt: instant,
    includesPast: z.boolean(),
    queriesMax: z.int().nullable(),
    document: z.string().nullable(),
    revokedAt: instant.nullable(),
    retracts: z.boolean(),
    wraps: z.array(keyWrap),
  }),
);

/** A vehicle, as far as its owner's next step depends on it. */
export const vehicleAnswer = z.object({
  lifeCycle: z.object({
    state: z.string(),
    closed: z.partialRecord(keyScope, z.int()).default({}),
  }),
});

/** What was committed. */
export const commandAnswer: z.ZodType<RelayedCommand> = z.object({
  answer: z.unknown(),
  block: z.string().regex(/^\d+$/),
  transactionId: z.string(),
});

/** Where a relay leads. */
export const placeAnswer = z.object({
  ledger: z.string(),
  channel: z.string(),
  member: z.string(),
  proofUrl: z.url(),
  time: instant,
});
