import {
  type EventInput,
  PassportError,
  type Recorded,
  type SourceId,
  type Vid,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';
import { type Appended, appendEvents, type Writing } from './append-events.ts';
import { checkEvent } from './check-event.ts';
import { findHead, findLifeCycle, putEntry, putLifeCycle } from './passport-state.ts';
import { startWriting } from './writing.ts';

/**
 * Records a batch of one source: all of it, or nothing. Of each vehicle it reads the source's own
 * head and the life-cycle key, and writes the head, one entry, and the life-cycle key where an
 * incident changed it. Throws PassportError, which names the event to blame.
 */
export async function recordEvents(
  tx: Transaction,
  source: SourceId,
  events: readonly EventInput[],
): Promise<Recorded> {
  const { writing, rules } = await startWriting(tx, source);
  requireDifferentIds(events);
  for (const [index, event] of events.entries()) checkEvent(event, rules, `/events/${index}`);
  const appended: Appended[] = [];
  // The shim asks for one key at a time, so to ask for many at once would only fill the memory.
  for (const [vid, own] of groupByVehicle(events)) {
    const added = await append(tx, vid, own, writing);
    await putEntry(tx, added.entry, added.head);
    appended.push(added);
  }
  tx.emit('EventsRecorded', { source, events: events.length, vehicles: appended.length });
  return recorded(tx, events.length, appended);
}

/** What a transaction came to. */
export function recorded(tx: Transaction, events: number, appended: readonly Appended[]): Recorded {
  const entries = Object.fromEntries(appended.map(({ entry }) => [entry.vid, entry.entry]));
  return { transactionId: tx.id, events, entries };
}

async function append(
  tx: Transaction,
  vid: Vid,
  events: readonly EventInput[],
  writing: Writing,
): Promise<Appended> {
  const [life, head] = await Promise.all([
    findLifeCycle(tx, vid),
    findHead(tx, vid, writing.source),
  ]);
  if (life === undefined) {
    const first = events[0]?.id ?? '';
    throw new PassportError('VEHICLE_UNKNOWN', `event ${first}: no vehicle ${vid} is registered`);
  }
  const appended = appendEvents({ vid, head, life }, events, writing);
  if (appended.life !== life) {
    await putLifeCycle(tx, vid, { ...appended.life, since: tx.time, by: tx.caller.mspId });
  }
  return appended;
}

function requireDifferentIds(events: readonly EventInput[]): void {
  const seen = new Set<string>();
  for (const [index, { id }] of events.entries()) {
    if (seen.has(id)) {
      throw new PassportError(
        'EVENT_ID_REPEATED',
        `event ${id} comes twice`,
        `/events/${index}/id`,
      );
    }
    seen.add(id);
  }
}

function groupByVehicle(events: readonly EventInput[]): Map<Vid, EventInput[]> {
  const groups = new Map<Vid, EventInput[]>();
  for (const event of events) {
    const group = groups.get(event.vid);
    if (group === undefined) groups.set(event.vid, [event]);
    else group.push(event);
  }
  return groups;
}
