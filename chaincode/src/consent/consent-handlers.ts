import { type consentContract, type Grant, scopesOf, type Vid } from '@passport/model';

import { findMember, requireCaller } from '../members/member-state.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { listErasures, listGrants, listSealingKeys } from './consent-state.ts';
import { erase } from './erase.ts';
import { holdsAt } from './grant-record.ts';
import { grant, publish, revoke, rewrap } from './owner-acts.ts';
import { executeForOwner } from './owner-command.ts';
import { findOwner, findOwnerChange } from './owner-state.ts';
import { relay } from './relay.ts';

/** Contract `Consent`. Owners sign, any member relays. */
export const consentHandlers: Handlers<typeof consentContract> = {
  async publishSealingKeys(tx, { command }) {
    await requireCaller(tx);
    return executeForOwner(tx, command, publish);
  },

  async grant(tx, { command }) {
    await requireCaller(tx);
    return executeForOwner(tx, command, grant);
  },

  async revoke(tx, { command }) {
    await requireCaller(tx);
    return executeForOwner(tx, command, revoke);
  },

  async rewrap(tx, { command }) {
    await requireCaller(tx);
    return executeForOwner(tx, command, rewrap);
  },

  async erase(tx, { command }) {
    await requireCaller(tx);
    return erase(tx, command);
  },

  async relay(tx, request) {
    await requireCaller(tx);
    return relay(tx, request);
  },

  async readGrants(tx, { vid }) {
    const owner = await findOwner(tx, vid);
    return owner === undefined ? [] : listGrants(tx, vid, owner);
  },

  async readSealingKeys(tx, { vid }) {
    const change = await findOwnerChange(tx, vid);
    const keys = await listSealingKeys(tx, vid);
    return keys.filter(({ ownerEpoch }) => ownerEpoch === change?.ownerEpoch);
  },

  readErasures: (tx, { vid }) => listErasures(tx, vid),

  async readOwnership(tx, { vid }) {
    const owner = await findOwner(tx, vid);
    if (owner === undefined) return null;
    const { keyId, ownerEpoch, since, handOver = null } = owner;
    return { vid, owner: keyId, ownerEpoch, since, handOver };
  },

  async mayRead(tx, { vid, scope, mspId }) {
    const grants = await grantsInForce(tx, vid);
    const granted = grants.find(
      ({ grantee, ...terms }) =>
        'mspId' in grantee && grantee.mspId === mspId && scopesOf(terms).includes(scope),
    );
    // Who is suspended, or is no member any more, reads nothing, whatever had been granted.
    const isMember = (await findMember(tx, mspId))?.status === 'active';
    return granted !== undefined && isMember
      ? { granted: true, grantId: granted.grantId }
      : { granted: false, grantId: null };
  },
};

async function grantsInForce(tx: Transaction, vid: Vid): Promise<Grant[]> {
  const owner = await findOwner(tx, vid);
  const grants = owner === undefined ? [] : await listGrants(tx, vid, owner);
  return grants.filter((made) => holdsAt(made, tx.time));
}
