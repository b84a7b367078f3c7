import {
  type EventPlace,
  type passportContract,
  PassportError,
  type ReadRequestOf,
  type Recorded,
  recordableKinds,
  type RecordedEvent,
  requirePastDay,
  type SourceHead,
} from '@passport/model';

import type { Transaction } from '../transaction/transaction.ts';
import { appendEvents } from './append-events.ts';
import { findEntry, findHead, markVoid, putEntry, requireLifeCycle } from './passport-state.ts';
import { recorded } from './record-events.ts';
import { startWriting } from './writing.ts';

/**
 * Voids an event of the same source by another event. Nothing is edited: the voided event stays. When
 * it held the source's latest odometer reading, the one before it is the latest again. A life-cycle
 * state that an incident led to stays, for others may have acted on it. Reads the source's head, the
 * life-cycle key, the entry and the mark; writes the head, one entry and the mark. Throws PassportError.
 */
export async function voidEvent(
  tx: Transaction,
  request: ReadRequestOf<typeof passportContract.voidEvent>,
): Promise<Recorded> {
  const { source, id, vid, at, event: place, reason } = request;
  const { writing } = await startWriting(tx, source);
  requirePastDay(at, tx.timeMs, '/at');
  if (place.source !== source) {
    throw new PassportError('SOURCE_FOREIGN', `the event is of ${place.source}`, '/event/source');
  }
  const [life, head, entry] = await Promise.all([
    requireLifeCycle(tx, vid),
    findHead(tx, vid, source),
    findEntry(tx, vid, source, place.entry),
  ]);
  const event = entry?.events[place.index];
  if (event === undefined || head === undefined) {
    throw new PassportError('EVENT_UNKNOWN', `${source} has no such event`, '/event');
  }
  requireVoidable(event);
  await markVoid(tx, vid, place);
  const before = { vid, head: withoutReading(head, place), life };
  const voiding = {
    id,
    vid,
    at,
    method: event.method,
    kind: 'voided',
    voids: { ...place, reason },
  };
  const appended = appendEvents(before, [{ ...voiding, kind: 'voided' }], writing);
  await putEntry(tx, appended.entry, appended.head);
  tx.emit('EventVoided', { vid, source });
  return recorded(tx, 1, [appended]);
}

function requireVoidable({ kind, id }: RecordedEvent): void {
  if (recordableKinds.some((voidable) => voidable === kind)) return;
  throw new PassportError('EVENT_NOT_VOIDABLE', `${id} is ${kind}; what follows it corrects it`);
}

function withoutReading(head: SourceHead, { entry, index }: EventPlace): SourceHead {
  const isAt = (reading: SourceHead['odometer']): boolean =>
    reading !== null && reading.entry === entry && reading.index === index;
  if (isAt(head.odometer)) return { ...head, odometer: head.formerOdometer, formerOdometer: null };
  return isAt(head.formerOdometer) ? { ...head, formerOdometer: null } : head;
}
