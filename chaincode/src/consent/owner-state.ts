import { type OwnerChange, PassportError, type Vid } from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';

const ownerKey = (vid: Vid) => ['owner', vid] as const;

/** The present owner of a vehicle; undefined when nobody is on record. Reads one key. */
export function findOwner(tx: Transaction, vid: Vid): Promise<OwnerChange | undefined> {
  return tx.get<OwnerChange>(ownerKey(vid));
}

/** As {@link findOwner}. Throws PassportError `VEHICLE_UNKNOWN` and `OWNER_UNKNOWN`. */
export async function requireOwner(tx: Transaction, vid: Vid): Promise<OwnerChange> {
  const owner = await findOwner(tx, vid);
  if (owner !== undefined) return owner;
  if ((await tx.get(['life', vid])) === undefined) {
    throw new PassportError('VEHICLE_UNKNOWN', `no vehicle ${vid} is registered`);
  }
  throw new PassportError('OWNER_UNKNOWN', `vehicle ${vid} has no owner on record`);
}

/** Keeps the present owner. */
export function putOwner(tx: Transaction, vid: Vid, owner: OwnerChange): Promise<void> {
  return tx.put(ownerKey(vid), owner);
}
