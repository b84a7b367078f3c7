import {
  type ClassKey,
  type FieldClass,
  type Grant,
  type OwnerChange,
  PassportError,
  type Vid,
} from '@passport/model';

import { counterName, type Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

/** The owner epoch is in the key: when it moves, every grant is out of reach. */
const grantKey = (vid: Vid, ownerEpoch: number, grantId: string): Key => [
  'grant',
  vid,
  counterName(ownerEpoch),
  grantId,
];
const classKeyKey = (vid: Vid, fieldClass: FieldClass, epoch: number): Key => [
  'class-key',
  vid,
  fieldClass,
  counterName(epoch),
];
const newestEpochKey = (vid: Vid, fieldClass: FieldClass): Key => ['class-epoch', vid, fieldClass];

/** A grant of an owner. Reads one key. Throws PassportError `GRANT_UNKNOWN`. */
export async function requireGrant(
  tx: Transaction,
  vid: Vid,
  { ownerEpoch }: OwnerChange,
  grantId: string,
): Promise<Grant> {
  const grant = await tx.get<Grant>(grantKey(vid, ownerEpoch, grantId));
  if (grant !== undefined) return grant;
  throw new PassportError('GRANT_UNKNOWN', `the owner has made no grant ${grantId}`);
}

/** Keeps a grant. */
export function putGrant(tx: Transaction, grant: Grant): Promise<void> {
  return tx.put(grantKey(grant.vid, grant.ownerEpoch, grant.grantId), grant);
}

/** All grants of an owner. A range. */
export async function listGrants(
  tx: Transaction,
  vid: Vid,
  { ownerEpoch }: OwnerChange,
): Promise<Grant[]> {
  const grants: Grant[] = [];
  const prefix: Key = ['grant', vid, counterName(ownerEpoch)];
  for await (const { value } of tx.list<Grant>(prefix)) grants.push(value);
  return grants;
}

/** The epoch of the newest key of a class; 0 before the first. */
export async function newestEpoch(
  tx: Transaction,
  vid: Vid,
  fieldClass: FieldClass,
): Promise<number> {
  return (await tx.get<number>(newestEpochKey(vid, fieldClass))) ?? 0;
}

/** Keeps a key of a class as its newest. */
export async function putClassKey(tx: Transaction, classKey: ClassKey): Promise<void> {
  const { vid, fieldClass, epoch } = classKey;
  await tx.put(classKeyKey(vid, fieldClass, epoch), classKey);
  await tx.put(newestEpochKey(vid, fieldClass), epoch);
}

/** The newest key of each class that has one. A range. */
export async function listClassKeys(tx: Transaction, vid: Vid): Promise<ClassKey[]> {
  const newest = new Map<FieldClass, ClassKey>();
  for await (const { value } of tx.list<ClassKey>(['class-key', vid])) {
    newest.set(value.fieldClass, value);
  }
  return [...newest.values()];
}
