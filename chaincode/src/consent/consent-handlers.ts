import {
  canonicalJson,
  type consentContract,
  type Grant,
  scopesOf,
  type Vid,
} from '@passport/model';

import { findMember, requireCaller } from '../members/member-state.ts';
import type { Handlers } from '../transaction/contract-class.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { findLifeCycle } from '../passport/passport-state.ts';
import { listErasures, listGrants, listSealingKeys } from './consent-state.ts';
import { erase } from './erase.ts';
import { holdsAt } from './grant-record.ts';
import { grant, publish, revoke, rewrap } from './owner-acts.ts';
import { executeForOwner } from './owner-command.ts';
import { findOwner } from './owner-state.ts';
import { countReads, readReads, recordReads } from './reads.ts';
import { relay } from './relay.ts';
import { isOpen } from './sealing-keys.ts';

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

  recordReads,

  readReads,

  countReads: (tx, { vid }) => countReads(tx, vid),

  readGrants: (tx, { vid }) => grantsOfOwner(tx, vid),

  async readGrantsOf(tx, { vid, grantee }) {
    const asked = canonicalJson(grantee);
    const grants = await grantsOfOwner(tx, vid);
    return grants.filter((made) => canonicalJson(made.grantee) === asked);
  },

  async readSealingKeys(tx, { vid }) {
    // Whoever leaves a vehicle closes all keys, so what is open is the present owner's.
    const life = await findLifeCycle(tx, vid);
    const keys = await listSealingKeys(tx, vid);
    return life === undefined ? [] : keys.filter((key) => isOpen(key, life));
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

async function grantsOfOwner(tx: Transaction, vid: Vid): Promise<Grant[]> {
  const owner = await findOwner(tx, vid);
  return owner === undefined ? [] : listGrants(tx, vid, owner);
}

async function grantsInForce(tx: Transaction, vid: Vid): Promise<Grant[]> {
  const grants = await grantsOfOwner(tx, vid);
  return grants.filter((made) => holdsAt(made, tx.time));
}
