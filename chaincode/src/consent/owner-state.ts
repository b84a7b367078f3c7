import { type KeyId, type OwnerChange, PassportError, type Vid } from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const ownerKey = (vid: Vid) => ['owner', vid] as const;

/** Somebody who owns a vehicle now. */
export type Owner = OwnerChange & { readonly keyId: KeyId };

/**
 * The newest change of a vehicle's owner, also one that left it without any; undefined when nobody was ever
 * on record. Reads one key.
 */
export function findOwnerChange(tx: Transaction, vid: Vid): Promise<OwnerChange | undefined> {
  return tx.get<OwnerChange>(ownerKey(vid));
}

/** The present owner of a vehicle; undefined when it has none. Reads one key. */
export async function findOwner(tx: Transaction, vid: Vid): Promise<Owner | undefined> {
  const change = await findOwnerChange(tx, vid);
  return change === undefined || change.keyId === null
    ? undefined
    : { ...change, keyId: change.keyId };
}

/** As {@link findOwner}. Throws PassportError `VEHICLE_UNKNOWN` and `OWNER_UNKNOWN`. */
export async function requireOwner(tx: Transaction, vid: Vid): Promise<Owner> {
  const owner = await findOwner(tx, vid);
  if (owner !== undefined) return owner;
  if ((await tx.get(['life', vid])) === undefined) {
    throw new PassportError('VEHICLE_UNKNOWN', `no vehicle ${vid} is registered`);
  }
  throw new PassportError('OWNER_UNKNOWN', `vehicle ${vid} has no owner on record`);
}

/** Keeps the newest change of owner. */
export function putOwner(tx: Transaction, vid: Vid, owner: OwnerChange): Promise<void> {
  return tx.put(ownerKey(vid), owner);
}
