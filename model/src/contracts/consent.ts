import { z } from 'zod';

import { type PublicKey, publicKey } from '../commands/public-key.ts';
import { signedCommand } from '../commands/signed-command.ts';
import { type GrantTerms, grantTerms } from '../consent/grant.ts';
import { type FieldClass, fieldClass } from '../events/field-classes.ts';
import { commandId, type KeyId, mspId } from '../identifiers/names.ts';
import { type Vid, vid } from '../identifiers/vid.ts';
import type { Instant } from '../time/instant.ts';
import { reads, submits } from './contract-function.ts';

/** The public key that fields of one class are sealed to, from one epoch on. */
export type ClassKey = {
  readonly vid: Vid;
  readonly fieldClass: FieldClass;
  /** Counts the keys of the class, from 1. */
  readonly epoch: number;
  readonly ownerEpoch: number;
  readonly suite: number;
  readonly key: PublicKey;
};

/** A grant as the ledger keeps it. */
export type Grant = {
  readonly grantId: string;
  readonly vid: Vid;
  readonly owner: KeyId;
  /** The owner's; a grant of an earlier one is dead. */
  readonly ownerEpoch: number;
  readonly grantee: GrantTerms['grantee'];
  readonly classes: readonly FieldClass[];
  readonly purpose: GrantTerms['purpose'];
  readonly legalBasis: GrantTerms['legalBasis'];
  readonly notBefore: Instant;
  readonly expiresAt: Instant;
  readonly includesPast: boolean;
  readonly queriesMax: number | null;
  readonly document: string | null;
  readonly revokedAt: Instant | null;
  /** Whether the revocation also closes what had been open. */
  readonly retracts: boolean;
};

/** The owner of a vehicle. */
export type Ownership = {
  readonly vid: Vid;
  readonly owner: KeyId;
  /** Counts the owners, from 1. */
  readonly ownerEpoch: number;
  readonly since: Instant;
};

/** `args` of each command that an owner signs for `Consent`, by function. */
export const consentCommands = {
  publishClassKey: z.strictObject({
    fieldClass,
    epoch: z.int().min(1),
    suite: z.int().min(0).max(255),
    key: publicKey,
  }),
  grant: grantTerms,
  revoke: z.strictObject({
    /** The nonce of the command that made it. */
    grantId: commandId,
    retracts: z.boolean().default(false),
  }),
};

/** Contract `Consent`: what owners let others read. Its commands are signed by the owner. */
export const consentContract = {
  publishClassKey: submits<ClassKey>()('Publishes the next key of a class, signed by the owner.', {
    command: signedCommand,
  }),
  grant: submits<Grant>()(
    "Grants somebody access to classes of fields, signed by the owner; the grant's id is the nonce.",
    { command: signedCommand },
  ),
  revoke: submits<Grant>()('Ends a grant, signed by the owner.', { command: signedCommand }),
  readGrants: reads<readonly Grant[]>()('The grants of the present owner of a vehicle.', { vid }),
  readClassKeys: reads<readonly ClassKey[]>()('The newest key of each class of a vehicle.', {
    vid,
  }),
  readOwnership: reads<Ownership | null>()('Who owns a vehicle, if anybody is on record.', { vid }),
  mayRead: reads<{ readonly granted: boolean; readonly grantId: string | null }>()(
    'Whether a member may read a class of a vehicle now, and by which grant.',
    { vid, fieldClass, mspId },
  ),
};
