import * as z from 'zod';

import { type PublicKey, publicKey } from '../commands/public-key.ts';
import { signedCommand } from '../commands/signed-command.ts';
import { grantee, type GrantTerms, grantTerms, type KeyWrap, keyWrap } from '../consent/grant.ts';
import { readInput, type ReadRecord, readsBookmark } from '../consent/read-record.ts';
import type { FieldClass } from '../events/field-classes.ts';
import { type AloneField, type KeyScope, keyScope, keyScopes } from '../events/key-scopes.ts';
import { commandId, type KeyId, mspId } from '../identifiers/names.ts';
import { type Vid, vid } from '../identifiers/vid.ts';
import { type Instant, instant } from '../time/instant.ts';
import { batchOf } from './batch.ts';
import { reads, submits } from './contract-function.ts';

/** The public key that fields of one scope are sealed to. */
export type SealingKey = {
  readonly vid: Vid;
  readonly scope: KeyScope;
  /** Counts the keys of the scope, from 1. */
  readonly epoch: number;
  /** The owner's whose key opens what is sealed to it. */
  readonly ownerEpoch: number;
  readonly suite: number;
  readonly key: PublicKey;
  /** From this ledger time on; of those that have begun, the one of the latest epoch is sealed to. */
  readonly from: Instant;
};

/**
 * The last epoch of a scope, over all owners of a vehicle: wraps write it in 16 bits. By quarters alone it lasts
 * 16,000 years; each revocation, and each resale, takes as many as are published ahead.
 */
export const KEY_EPOCH_MAX = 0xffff;

/** Keys published at once, at most: two years of quarters for every scope. */
export const SEALING_KEYS_MAX = 9 * keyScopes.length;

/** A sealing key as an owner publishes it. */
export const sealingKeyInput = z.strictObject({
  scope: keyScope,
  epoch: z.int().min(1).max(KEY_EPOCH_MAX),
  suite: z.int().min(0).max(255),
  key: publicKey,
  /** From the transaction on without it. */
  from: instant.optional(),
});

/** {@link sealingKeyInput} */
export type SealingKeyInput = z.output<typeof sealingKeyInput>;

/** Keys that an owner publishes; a scope's in the order of its epochs. */
export const sealingKeyInputs = z.array(sealingKeyInput).max(SEALING_KEYS_MAX);

/** A grant as the ledger keeps it. */
export type Grant = {
  readonly grantId: string;
  readonly vid: Vid;
  readonly owner: KeyId;
  /** The owner's; a grant of an earlier one is dead. */
  readonly ownerEpoch: number;
  readonly grantee: GrantTerms['grantee'];
  readonly classes: readonly FieldClass[];
  readonly fields: readonly AloneField[];
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
  /** The keys that it came with, then those that were added. */
  readonly wraps: readonly KeyWrap[];
};

/**
 * What a command about a grant answers. Answers are kept with the command, for when it comes again, and
 * outlive the owner: so no keys are in them.
 */
export type GrantAnswer = Omit<Grant, 'wraps'>;

/** The owner of a vehicle. */
export type Ownership = {
  readonly vid: Vid;
  readonly owner: KeyId;
  /** Counts the owners, from 1. */
  readonly ownerEpoch: number;
  readonly since: Instant;
  /** What the former owner handed over: keys of the car's history, sealed to this one. */
  readonly handOver: KeyWrap | null;
};

/** That what one owner left in a vehicle's log book was erased. */
export type Erasure = {
  readonly vid: Vid;
  /** The owner's. */
  readonly ownerEpoch: number;
  readonly erasedAt: Instant;
};

/** A page of who read what, the newest first. */
export type ReadsPage = {
  readonly reads: readonly ReadRecord[];
  /** What to ask the next page by; null behind the last. */
  readonly next: string | null;
};

/** How many queries each grant of one owner was used for. */
export type ReadCounts = {
  readonly ownerEpoch: number;
  readonly queries: Readonly<Record<string, number>>;
};

const rewrap = z.strictObject({ grantId: commandId, wrap: keyWrap });
const rewraps = z.array(rewrap).max(100);

/** `args` of each command that an owner signs for `Consent`, by function. */
export const consentCommands = {
  publishSealingKeys: z.strictObject({ keys: sealingKeyInputs.min(1) }),
  grant: grantTerms,
  revoke: z.strictObject({
    /** The nonce of the command that made it. */
    grantId: commandId,
    retracts: z.boolean().default(false),
    /** The next keys of what the grant had opened, and those of other grants that go on. */
    keys: sealingKeyInputs.default([]),
    rewraps: rewraps.default([]),
  }),
  /** Adds keys to grants that stand. */
  rewrap: z.strictObject({ grants: rewraps.min(1) }),
  /** Erases what the signer left in the vehicle's log book as its owner of that epoch. */
  erase: z.strictObject({ ownerEpoch: z.int().min(1) }),
};

/** Commands relayed at once, at most. */
export const RELAY_MAX = 50;

/** Contract `Consent`: what owners let others read. Its commands are signed by the owner. */
export const consentContract = {
  publishSealingKeys: submits<readonly SealingKey[]>()(
    'Publishes the next keys that fields are sealed to, signed by the owner.',
    { command: signedCommand },
  ),
  grant: submits<GrantAnswer>()(
    "Grants somebody access to classes of fields, signed by the owner; the grant's id is the nonce.",
    { command: signedCommand },
  ),
  revoke: submits<GrantAnswer>()(
    'Ends a grant and closes the keys that it had opened, signed by the owner.',
    { command: signedCommand },
  ),
  rewrap: submits<readonly { readonly grantId: string; readonly wraps: number }[]>()(
    'Adds keys to grants that came with some, signed by the owner.',
    { command: signedCommand },
  ),
  erase: submits<Erasure>()(
    'Erases what an owner left in a log book, signed by that owner: the present one is none afterwards.',
    { command: signedCommand },
  ),
  relay: submits<{ readonly executed: number }>()(
    'Executes commands of owners for this contract, all of them or none.',
    { commands: z.array(signedCommand).min(1).max(RELAY_MAX) },
  ),
  recordReads: submits<{ readonly reads: number }>()(
    'Records who read which fields of vehicles by which grants, as the member that served them.',
    { reads: batchOf(readInput) },
  ),
  readGrants: reads<readonly Grant[]>()('The grants of the present owner of a vehicle.', { vid }),
  readGrantsOf: reads<readonly Grant[]>()(
    'What the present owner of a vehicle has granted to one grantee.',
    { vid, grantee },
  ),
  readReads: reads<ReadsPage>()(
    'Who read what of a vehicle under one owner, the present one unless another is named.',
    { vid, ownerEpoch: z.int().min(1).optional(), after: readsBookmark.optional() },
  ),
  countReads: reads<ReadCounts>()(
    'How many queries each grant of the present owner of a vehicle was used for.',
    { vid },
  ),
  readSealingKeys: reads<readonly SealingKey[]>()(
    'The keys that fields can be sealed to: those of the present owner that are not closed.',
    { vid },
  ),
  readErasures: reads<readonly Erasure[]>()('What was erased of a vehicle.', { vid }),
  readOwnership: reads<Ownership | null>()('Who owns a vehicle, if anybody is on record.', { vid }),
  mayRead: reads<{ readonly granted: boolean; readonly grantId: string | null }>()(
    'Whether a member may read a scope of a vehicle now, and by which grant.',
    { vid, scope: keyScope, mspId },
  ),
};
