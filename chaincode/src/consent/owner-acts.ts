import {
  consentCommands,
  type Grant,
  type GrantAnswer,
  keyScopes,
  type KeyWrap,
  PassportError,
  type SealingKey,
  scopesOf,
  type Vid,
  WRAPS_MAX,
} from '@passport/model';

import { requireMember } from '../members/member-state.ts';
import { parameterNow } from '../parameters/parameter-state.ts';
import { putLifeCycle, requireLifeCycle } from '../passport/passport-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { putGrant, readKeyEpochs, requireGrant, takeReaderKey } from './consent-state.ts';
import { grantRecord } from './grant-record.ts';
import type { OwnerAct } from './owner-command.ts';
import type { Owner } from './owner-state.ts';
import { publishSealingKeys, withClosed } from './sealing-keys.ts';

type Commands = typeof consentCommands;

/** Publishes the next sealing keys. */
export const publish: OwnerAct<Commands['publishSealingKeys'], readonly SealingKey[]> = {
  name: 'publishSealingKeys',
  args: consentCommands.publishSealingKeys,
  async execute(tx, { args }, vid, { ownerEpoch }) {
    const before = await readKeyEpochs(tx, vid);
    const keys = await publishSealingKeys(tx, { vid, ownerEpoch }, args.keys, before);
    tx.emit('SealingKeysPublished', { vid, ownerEpoch, keys: keys.length });
    return keys;
  },
};

/** Makes a grant; its id is the command's nonce. */
export const grant: OwnerAct<Commands['grant'], GrantAnswer> = {
  name: 'grant',
  args: consentCommands.grant,
  async execute(tx, { args, jti: grantId }, vid, owner) {
    if ('mspId' in args.grantee) await requireMember(tx, args.grantee.mspId);
    const { value: limits } = await parameterNow(tx, 'consent.grant-days');
    const made = grantRecord(args, { vid, grantId, owner, now: tx.time, limits });
    for (const { readerKey } of made.wraps) await takeReaderKey(tx, vid, owner, readerKey);
    await putGrant(tx, made);
    tx.emit('Granted', { vid, grantId, ownerEpoch: owner.ownerEpoch });
    return answerOf(made);
  },
};

/**
 * Ends a grant, one that has expired too: its keys may reach further than its time. The keys of what it had
 * opened are closed, all that were published: nothing more is sealed to them. The next ones, and those for
 * grants that go on, come with it, so that there is no moment in between. A grant that came without keys had
 * opened none, so none are closed with it. Reads and writes the grant and each that goes on, `key-epochs`
 * and `life`, and writes one publication; a reader key that its grant had not named is read, and written.
 */
export const revoke: OwnerAct<Commands['revoke'], GrantAnswer> = {
  name: 'revoke',
  args: consentCommands.revoke,
  async execute(tx, { args: { grantId, retracts, keys, rewraps } }, vid, owner) {
    const ended = await requireGrant(tx, vid, owner, grantId);
    if (ended.revokedAt !== null) {
      throw new PassportError('GRANT_ENDED', `${grantId} was revoked at ${ended.revokedAt}`);
    }
    if (rewraps.some((other) => other.grantId === grantId)) {
      throw new PassportError('GRANT_ENDED', `${grantId} is revoked by the same command`);
    }
    const revoked: Grant = { ...ended, revokedAt: tx.time, retracts };
    await putGrant(tx, revoked);
    const epochs = await readKeyEpochs(tx, vid);
    const scopes = scopesOf(ended).filter((scope) => epochs.newest[scope] !== undefined);
    if (ended.wraps.length > 0 && scopes.length > 0) {
      const life = await requireLifeCycle(tx, vid);
      await putLifeCycle(tx, vid, withClosed(life, epochs, scopes));
    }
    const { ownerEpoch } = owner;
    await publishSealingKeys(tx, { vid, ownerEpoch }, keys, epochs);
    await addWraps(tx, vid, owner, rewraps);
    tx.emit('Revoked', { vid, grantId, ownerEpoch });
    return answerOf(revoked);
  },
};

/** Adds keys to grants that stand: of epochs that have come since. */
export const rewrap: OwnerAct<
  Commands['rewrap'],
  readonly { readonly grantId: string; readonly wraps: number }[]
> = {
  name: 'rewrap',
  args: consentCommands.rewrap,
  async execute(tx, { args }, vid, owner) {
    const grants = await addWraps(tx, vid, owner, args.grants);
    tx.emit('KeysAdded', { vid, ownerEpoch: owner.ownerEpoch, grants: grants.length });
    return grants.map(({ grantId, wraps }) => ({ grantId, wraps: wraps.length }));
  },
};

function answerOf({ wraps: _, ...answer }: Grant): GrantAnswer {
  return answer;
}

/** Closes all keys that a vehicle has. */
export async function closeAllKeys(tx: Transaction, vid: Vid): Promise<void> {
  const epochs = await readKeyEpochs(tx, vid);
  if (epochs.publications === 0) return;
  const life = await requireLifeCycle(tx, vid);
  await putLifeCycle(tx, vid, withClosed(life, epochs, keyScopes));
}

async function addWraps(
  tx: Transaction,
  vid: Vid,
  owner: Owner,
  added: readonly { readonly grantId: string; readonly wrap: KeyWrap }[],
): Promise<Grant[]> {
  if (new Set(added.map(({ grantId }) => grantId)).size !== added.length) {
    throw new PassportError('GRANT_INVALID', 'a grant comes twice');
  }
  const changed: Grant[] = [];
  for (const { grantId, wrap } of added) {
    const standing = await requireGrant(tx, vid, owner, grantId);
    if (standing.revokedAt !== null || standing.expiresAt <= tx.time) {
      throw new PassportError('GRANT_ENDED', `${grantId} has ended`);
    }
    if (standing.wraps.length === 0) {
      // Its revocation would have to close keys that nobody can say it had.
      throw new PassportError('GRANT_INVALID', `${grantId} came without keys: grant anew`);
    }
    if (standing.wraps.length >= WRAPS_MAX) {
      throw new PassportError('GRANT_INVALID', `${grantId} has its ${WRAPS_MAX} wraps: grant anew`);
    }
    const isKnown = standing.wraps.some(({ readerKey }) => readerKey === wrap.readerKey);
    if (!isKnown) await takeReaderKey(tx, vid, owner, wrap.readerKey);
    const grown = { ...standing, wraps: [...standing.wraps, wrap] };
    await putGrant(tx, grown);
    changed.push(grown);
  }
  return changed;
}
