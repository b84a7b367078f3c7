import {
  type Erasure,
  type Grant,
  type KeyId,
  type KeyScope,
  type OwnerChange,
  PassportError,
  type SealingKey,
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
const publicationKey = (vid: Vid, publication: number): Key => [
  'sealing-keys',
  vid,
  counterName(publication),
];
const epochsKey = (vid: Vid): Key => ['key-epochs', vid];
const readerKey = (vid: Vid, id: KeyId): Key => ['reader-key', vid, id];
const erasureKey = (vid: Vid, ownerEpoch: number): Key => ['erasure', vid, counterName(ownerEpoch)];

/** How far the keys of a vehicle's scopes have come. */
export type KeyEpochs = {
  /** The epoch of the newest key of each scope that has one. */
  readonly newest: Readonly<Partial<Record<KeyScope, number>>>;
  /** How often keys were published. */
  readonly publications: number;
};

/** Those of a vehicle that has no keys yet. */
export const noKeys: KeyEpochs = { newest: {}, publications: 0 };

/** A grant of an owner. Reads one key. Throws PassportError `GRANT_UNKNOWN`. */
export async function requireGrant(
  tx: Transaction,
  vid: Vid,
  { ownerEpoch }: Pick<OwnerChange, 'ownerEpoch'>,
  grantId: string,
): Promise<Grant> {
  const grant = await tx.get<Grant>(grantKey(vid, ownerEpoch, grantId));
  if (grant !== undefined) return grant;
  throw new PassportError('GRANT_UNKNOWN', `owner ${ownerEpoch} has made no grant ${grantId}`);
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

/**
 * Keeps that a reader key belongs to this owner of the vehicle, the first one who grants to it: when they erase what
 * they left it is destroyed, so that another owner would wrap to nobody. Reads one key, and writes it once.
 * Throws PassportError `READER_KEY_TAKEN`.
 */
export async function takeReaderKey(
  tx: Transaction,
  vid: Vid,
  { ownerEpoch }: Pick<OwnerChange, 'ownerEpoch'>,
  id: KeyId,
): Promise<void> {
  const key = readerKey(vid, id);
  const taken = await tx.get<{ readonly ownerEpoch: number }>(key);
  if (taken === undefined) return tx.put(key, { ownerEpoch });
  if (taken.ownerEpoch === ownerEpoch) return undefined;
  throw new PassportError(
    'READER_KEY_TAKEN',
    `owner ${taken.ownerEpoch} of ${vid} granted to ${id}, and ${ownerEpoch} cannot`,
  );
}

/** How far a vehicle's keys have come. Reads one key. */
export async function readKeyEpochs(tx: Transaction, vid: Vid): Promise<KeyEpochs> {
  return (await tx.get<KeyEpochs>(epochsKey(vid))) ?? noKeys;
}

/** Keeps keys that were published together, and how far the vehicle's keys have come with them. */
export async function putPublication(
  tx: Transaction,
  vid: Vid,
  after: KeyEpochs,
  keys: readonly SealingKey[],
): Promise<void> {
  await tx.put(publicationKey(vid, after.publications), { vid, keys });
  await tx.put(epochsKey(vid), after);
}

/** All keys of a vehicle that fields were ever sealed to, in the order of their publication. A range. */
export async function listSealingKeys(tx: Transaction, vid: Vid): Promise<SealingKey[]> {
  const all: SealingKey[] = [];
  const prefix: Key = ['sealing-keys', vid];
  for await (const { value } of tx.list<{ readonly keys: readonly SealingKey[] }>(prefix)) {
    all.push(...value.keys);
  }
  return all;
}

/** Keeps that what an owner left was erased, once. Throws PassportError `ERASED_ALREADY`. */
export async function putErasure(tx: Transaction, erasure: Erasure): Promise<void> {
  const key = erasureKey(erasure.vid, erasure.ownerEpoch);
  if ((await tx.get(key)) !== undefined) {
    throw new PassportError(
      'ERASED_ALREADY',
      `owner epoch ${erasure.ownerEpoch} was erased already`,
    );
  }
  await tx.put(key, erasure);
}

/** What was erased of a vehicle. A range. */
export async function listErasures(tx: Transaction, vid: Vid): Promise<Erasure[]> {
  const erasures: Erasure[] = [];
  for await (const { value } of tx.list<Erasure>(['erasure', vid])) erasures.push(value);
  return erasures;
}
