import {
  type EventPlace,
  type LifeCycle,
  type LogBookEntry,
  type OwnerChange,
  PassportError,
  type Registration,
  type SourceHead,
  type SourceId,
  type Vid,
} from '@passport/model';

import { counterName, type Key } from '../transaction/key.ts';
import type { Transaction } from '../transaction/transaction.ts';

const vehicleKey = (vid: Vid): Key => ['vehicle', vid];
const lifeKey = (vid: Vid): Key => ['life', vid];
const headKey = (vid: Vid, source: SourceId): Key => ['head', vid, source];
const entryKey = (vid: Vid, source: SourceId, entry: number): Key => [
  'log',
  vid,
  source,
  counterName(entry),
];
const voidKey = (vid: Vid, { source, entry, index }: EventPlace): Key => [
  'void',
  vid,
  source,
  counterName(entry),
  counterName(index),
];

/** A vehicle's life cycle; undefined when it is not registered. */
export function findLifeCycle(tx: Transaction, vid: Vid): Promise<LifeCycle | undefined> {
  return tx.get<LifeCycle>(lifeKey(vid));
}

/** As {@link findLifeCycle}. Throws PassportError `VEHICLE_UNKNOWN`. */
export async function requireLifeCycle(tx: Transaction, vid: Vid): Promise<LifeCycle> {
  const life = await findLifeCycle(tx, vid);
  if (life !== undefined) return life;
  throw new PassportError('VEHICLE_UNKNOWN', `no vehicle ${vid} is registered`);
}

/** Keeps a vehicle's life cycle. Rarely: everybody who records reads it. */
export function putLifeCycle(tx: Transaction, vid: Vid, life: LifeCycle): Promise<void> {
  return tx.put(lifeKey(vid), life);
}

/** How a vehicle entered the ledger. Throws PassportError `VEHICLE_UNKNOWN`. */
export async function requireRegistration(tx: Transaction, vid: Vid): Promise<Registration> {
  const registration = await tx.get<Registration>(vehicleKey(vid));
  if (registration !== undefined) return registration;
  throw new PassportError('VEHICLE_UNKNOWN', `no vehicle ${vid} is registered`);
}

/** Keeps a registration. */
export function putRegistration(tx: Transaction, registration: Registration): Promise<void> {
  return tx.put(vehicleKey(registration.vid), registration);
}

/** What a source wrote last about a vehicle; undefined when it wrote nothing. */
export function findHead(
  tx: Transaction,
  vid: Vid,
  source: SourceId,
): Promise<SourceHead | undefined> {
  return tx.get<SourceHead>(headKey(vid, source));
}

/** Keeps an entry under a key of its own, and the head after it. */
export async function putEntry(
  tx: Transaction,
  entry: LogBookEntry,
  head: SourceHead,
): Promise<void> {
  await Promise.all([
    tx.put(entryKey(entry.vid, entry.source, entry.entry), entry),
    tx.put(headKey(entry.vid, entry.source), head),
  ]);
}

/** One entry of a source; undefined when there is none. */
export function findEntry(
  tx: Transaction,
  vid: Vid,
  source: SourceId,
  entry: number,
): Promise<LogBookEntry | undefined> {
  return tx.get<LogBookEntry>(entryKey(vid, source, entry));
}

/** All entries of a vehicle, by source, in order. A range. */
export async function listEntries(tx: Transaction, vid: Vid): Promise<LogBookEntry[]> {
  const entries: LogBookEntry[] = [];
  for await (const { value } of tx.list<LogBookEntry>(['log', vid])) entries.push(value);
  return entries;
}

/** Marks an event void, once. Throws PassportError `EVENT_VOIDED`. */
export async function markVoid(tx: Transaction, vid: Vid, place: EventPlace): Promise<void> {
  const key = voidKey(vid, place);
  if ((await tx.get(key)) !== undefined) {
    throw new PassportError('EVENT_VOIDED', 'that event is void already');
  }
  await tx.put(key, { transactionId: tx.id });
}

/** Keeps that somebody became the owner. */
export function putOwnerChange(tx: Transaction, vid: Vid, change: OwnerChange): Promise<void> {
  return tx.put(['ownership', vid, counterName(change.ownerEpoch)], change);
}

/** That somebody became the owner of one epoch; undefined when there is no such epoch. Reads one key. */
export function findOwnerChangeOf(
  tx: Transaction,
  vid: Vid,
  ownerEpoch: number,
): Promise<OwnerChange | undefined> {
  return tx.get<OwnerChange>(['ownership', vid, counterName(ownerEpoch)]);
}

/** All owners of a vehicle, in order. A range. */
export async function listOwnerChanges(tx: Transaction, vid: Vid): Promise<OwnerChange[]> {
  const changes: OwnerChange[] = [];
  for await (const { value } of tx.list<OwnerChange>(['ownership', vid])) changes.push(value);
  return changes;
}
