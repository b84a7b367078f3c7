import {
  type ClassKey,
  consentCommands,
  type consentContract,
  type Grant,
  type JsonValue,
  type OwnerChange,
  parse,
  PassportError,
  type SignedCommand,
  type Vid,
  vid as vidSchema,
} from '@passport/model';
import type { z } from 'zod';

import { findMember, requireCaller, requireMember } from '../members/member-state.ts';
import { parameterNow } from '../parameters/parameter-state.ts';
import {
  executeOrder,
  type Order,
  readCommand,
  requireSigner,
} from '../signatures/signed-command.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { requirePoint } from './class-key.ts';
import {
  listClassKeys,
  listGrants,
  newestEpoch,
  putClassKey,
  putGrant,
  requireGrant,
} from './consent-state.ts';
import { grantRecord, holdsAt } from './grant-record.ts';
import { findOwner, requireOwner } from './owner-state.ts';

/** Contract `Consent`. Owners sign, any member relays. */
export const consentHandlers: Handlers<typeof consentContract> = {
  publishClassKey: (tx, { command }) =>
    executeForOwner(
      tx,
      command,
      'publishClassKey',
      consentCommands.publishClassKey,
      async ({ args }, vid, { ownerEpoch }) => {
        const { fieldClass, epoch, suite, key } = args;
        requirePoint(key);
        const { value } = await parameterNow(tx, 'privacy.suites');
        if (!value.allowed.includes(suite)) {
          throw new PassportError('SUITE_NOT_ALLOWED', `suite ${suite} is not allowed`);
        }
        const newest = await newestEpoch(tx, vid, fieldClass);
        if (epoch !== newest + 1) {
          throw new PassportError(
            'EPOCH_INVALID',
            `the next epoch of ${fieldClass} is ${newest + 1}`,
          );
        }
        const classKey: ClassKey = { vid, fieldClass, epoch, ownerEpoch, suite, key };
        await putClassKey(tx, classKey);
        tx.emit('ClassKeyPublished', { vid, fieldClass, epoch });
        return classKey;
      },
    ),

  grant: (tx, { command }) =>
    executeForOwner(
      tx,
      command,
      'grant',
      consentCommands.grant,
      async ({ args, jti: grantId }, vid, owner) => {
        if ('mspId' in args.grantee) await requireMember(tx, args.grantee.mspId);
        const { value: limits } = await parameterNow(tx, 'consent.grant-days');
        const grant = grantRecord(args, { vid, grantId, owner, now: tx.time, limits });
        await putGrant(tx, grant);
        tx.emit('Granted', { vid, grantId, ownerEpoch: owner.ownerEpoch });
        return grant;
      },
    ),

  revoke: (tx, { command }) =>
    executeForOwner(
      tx,
      command,
      'revoke',
      consentCommands.revoke,
      async ({ args: { grantId, retracts } }, vid, owner) => {
        const grant = await requireGrant(tx, vid, owner, grantId);
        if (grant.revokedAt !== null) {
          throw new PassportError('GRANT_ENDED', `${grantId} was revoked at ${grant.revokedAt}`);
        }
        const revoked = { ...grant, revokedAt: tx.time, retracts };
        await putGrant(tx, revoked);
        tx.emit('Revoked', { vid, grantId, ownerEpoch: owner.ownerEpoch });
        return revoked;
      },
    ),

  async readGrants(tx, { vid }) {
    const owner = await findOwner(tx, vid);
    return owner === undefined ? [] : listGrants(tx, vid, owner);
  },

  readClassKeys: (tx, { vid }) => listClassKeys(tx, vid),

  async readOwnership(tx, { vid }) {
    const owner = await findOwner(tx, vid);
    if (owner === undefined) return null;
    const { keyId, ownerEpoch, since } = owner;
    return { vid, owner: keyId, ownerEpoch, since };
  },

  async mayRead(tx, { vid, fieldClass, mspId }) {
    const grants = await grantsInForce(tx, vid);
    const grant = grants.find(
      ({ grantee, classes }) =>
        'mspId' in grantee && grantee.mspId === mspId && classes.includes(fieldClass),
    );
    // Who is suspended, or is no member any more, reads nothing, whatever had been granted.
    const isMember = (await findMember(tx, mspId))?.status === 'active';
    return grant !== undefined && isMember
      ? { granted: true, grantId: grant.grantId }
      : { granted: false, grantId: null };
  },
};

async function grantsInForce(tx: Transaction, vid: Vid): Promise<Grant[]> {
  const owner = await findOwner(tx, vid);
  const grants = owner === undefined ? [] : await listGrants(tx, vid, owner);
  return grants.filter((grant) => holdsAt(grant, tx.time));
}

/**
 * Executes a command about a vehicle that its present owner signed, once. Throws PassportError
 * `COMMAND_SIGNER_FOREIGN` for anybody else's, and what is wrong with the command.
 */
async function executeForOwner<Args extends z.ZodType, Answer extends JsonValue>(
  tx: Transaction,
  command: SignedCommand,
  name: string,
  args: Args,
  execute: (order: Order<z.output<Args>>, vid: Vid, owner: OwnerChange) => Promise<Answer>,
): Promise<Answer> {
  await requireCaller(tx);
  const order = await readCommand(tx, command, `Consent:${name}`, args);
  const vid = parse(vidSchema, order.sub);
  return executeOrder(tx, order, async () => {
    const owner = await requireOwner(tx, vid);
    requireSigner(order, owner.keyId);
    return execute(order, vid, owner);
  });
}
