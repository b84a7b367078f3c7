import {
  type EventPlace,
  type LogBook,
  type LogBookEntry,
  type LogBookEvent,
  type Vehicle,
  type Vid,
} from '@passport/model';

import { findOwner } from '../consent/owner-state.ts';
import type { Transaction } from '../transaction/transaction.ts';
import {
  listEntries,
  listOwnerChanges,
  requireLifeCycle,
  requireRegistration,
} from './passport-state.ts';

/** A vehicle. Throws PassportError `VEHICLE_UNKNOWN`. */
export async function readVehicle(tx: Transaction, vid: Vid): Promise<Vehicle> {
  const registration = await requireRegistration(tx, vid);
  const lifeCycle = await requireLifeCycle(tx, vid);
  const owner = await findOwner(tx, vid);
  return {
    registration,
    lifeCycle,
    owner: owner === undefined ? null : { keyId: owner.keyId, ownerEpoch: owner.ownerEpoch },
  };
}

/** A vehicle's whole log book; reads ranges. Throws PassportError `VEHICLE_UNKNOWN`. */
export async function readLogBook(tx: Transaction, vid: Vid): Promise<LogBook> {
  const vehicle = await readVehicle(tx, vid);
  const owners = await listOwnerChanges(tx, vid);
  return { ...vehicle, owners, events: timelineOf(await listEntries(tx, vid)) };
}

/** All events by day, and within a day by the time of recording, with what voids them. */
function timelineOf(entries: readonly LogBookEntry[]): LogBookEvent[] {
  const events = entries.flatMap(({ source, entry, recordedAt, events: own }) =>
    own.map((event, index) => ({ ...event, source, entry, index, recordedAt })),
  );
  const voided = new Map<string, LogBookEvent['voidedBy']>();
  for (const { voids, source, entry, index } of events) {
    if (voids !== undefined) {
      voided.set(nameOf(voids), { source, entry, index, reason: voids.reason });
    }
  }
  return events
    .map((event) => {
      const voidedBy = voided.get(nameOf(event));
      return voidedBy === undefined ? event : { ...event, voidedBy };
    })
    .sort((a, b) => compare(a, b));
}

function nameOf({ source, entry, index }: EventPlace): string {
  return `${source} ${entry} ${index}`;
}

function compare(a: LogBookEvent, b: LogBookEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.recordedAt !== b.recordedAt) return a.recordedAt < b.recordedAt ? -1 : 1;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.entry - b.entry || a.index - b.index;
}
