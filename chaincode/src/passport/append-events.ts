import {
  CLEAR_SUITE,
  type Day,
  type EventKind,
  type EventPlace,
  type Instant,
  type KeyScope,
  type LifeCycle,
  lifeCycle,
  type LogBookEntry,
  type Observation,
  type OdometerReading,
  PassportError,
  qualityIndex,
  type QualityRules,
  type RecordedEvent,
  sealedHeaderOf,
  type SourceHead,
  type SourceId,
  suiteOf,
  type Vid,
} from '@passport/model';

import { flagsOf } from './plausibility.ts';

/** An event on its way into the log book. */
export type PendingEvent = Observation & {
  readonly kind: EventKind;
  readonly formerOdometerKm?: number;
  readonly voids?: EventPlace & { readonly reason: string };
};

/** Who writes, and by which rules it is scored. */
export type Writing = {
  readonly source: SourceId;
  /** Quality index of the source. */
  readonly sourceIndex: number;
  readonly rules: { readonly version: number; readonly value: QualityRules };
  /** Time of the transaction. */
  readonly recordedAt: Instant;
  /** Its day. */
  readonly today: Day;
};

/** A vehicle as one source finds it. */
export type VehicleBefore = {
  readonly vid: Vid;
  readonly head: SourceHead | undefined;
  readonly life: LifeCycle;
};

/** What one transaction adds to one vehicle's log book. */
export type Appended = {
  readonly entry: LogBookEntry;
  readonly head: SourceHead;
  /** The life cycle after it; the same object when nothing changed. */
  readonly life: LifeCycle;
};

/**
 * Adds events, in their order, to what a source has written about a vehicle. An incident moves the
 * vehicle's life cycle, unless it comes late: it may have been repaired since.
 */
export function appendEvents(
  before: VehicleBefore,
  events: readonly PendingEvent[],
  writing: Writing,
): Appended {
  const number = (before.head?.entries ?? 0) + 1;
  let { head, life } = before;
  const recorded: RecordedEvent[] = [];
  for (const [index, event] of events.entries()) {
    requireOpenKeys(event, life);
    const after = lifeAfterObservation(life, event);
    recorded.push(recordedEvent(event, head, life, after, writing));
    head = headAfter(head, event, { source: writing.source, entry: number, index });
    life = after;
  }
  if (head === undefined) throw new Error('an entry has one event at least');
  const { source, rules, recordedAt } = writing;
  const { vid } = before;
  return {
    entry: { v: 1, vid, source, entry: number, recordedAt, rules: rules.version, events: recorded },
    head,
    life,
  };
}

function recordedEvent(
  event: PendingEvent,
  head: SourceHead | undefined,
  life: LifeCycle,
  after: LifeCycle,
  { rules, sourceIndex, today }: Writing,
): RecordedEvent {
  const { id, kind, at, method, odometerKm, sealed, generated, formerOdometerKm, voids } = event;
  // Of a replaced odometer it is the old one that continues what is known.
  const reading = { kind, at, odometerKm: formerOdometerKm ?? odometerKm };
  const flags = kind === 'voided' ? [] : flagsOf(reading, head, life, rules.value.kmPerDayMax);
  const evidence = { source: sourceIndex, method, flags, at, recordedOn: today };
  return {
    id,
    kind,
    at,
    method,
    quality: qualityIndex(evidence, rules.value),
    flags,
    ...(odometerKm === undefined ? {} : { odometerKm }),
    ...(after.state === life.state ? {} : { state: after.state }),
    ...(sealed === undefined ? {} : { sealed }),
    ...(generated === undefined ? {} : { generated }),
    ...(formerOdometerKm === undefined ? {} : { formerOdometerKm }),
    ...(voids === undefined ? {} : { voids }),
  };
}

/**
 * Refuses what is sealed to a key that its owner has closed, or whoever had been able to open that could
 * open this too. Whether there is such a key at all is not looked up here, for recording reads no keys but
 * the head and the life cycle; what is sealed to none, nobody opens. Throws PassportError `EPOCH_CLOSED`,
 * `SEALED_FIELD_INVALID`.
 */
function requireOpenKeys({ id, sealed = {} }: PendingEvent, { closed = {} }: LifeCycle): void {
  for (const [scope, field] of Object.entries(sealed)) {
    if (suiteOf(field) === CLEAR_SUITE) continue;
    const { epoch } = sealedHeaderOf(field);
    const last = closed[scope as KeyScope] ?? 0;
    if (epoch > last) continue;
    throw new PassportError(
      'EPOCH_CLOSED',
      `event ${id}: the keys of ${scope} up to ${last} are closed`,
    );
  }
}

function lifeAfterObservation(life: LifeCycle, { kind, at }: PendingEvent): LifeCycle {
  if (kind !== 'incident' || at < life.on) return life;
  const move = lifeCycle[life.state].incident;
  return move === 'stays' || move === null ? life : { ...life, state: move, on: at };
}

function headAfter(
  head: SourceHead | undefined,
  event: PendingEvent,
  { source, entry, index }: EventPlace,
): SourceHead {
  const { vid, kind, at, odometerKm } = event;
  const known = head?.latestDay ?? at;
  const latest = head?.odometer ?? null;
  const reading: OdometerReading | null =
    odometerKm === undefined || (latest !== null && at < latest.at)
      ? null
      : { at, km: odometerKm, entry, index };
  return {
    vid,
    source,
    entries: entry,
    events: (head?.events ?? 0) + 1,
    // Voiding tells nothing of the vehicle, so nothing is late because of it.
    latestDay: kind === 'voided' || known > at ? known : at,
    odometer: reading ?? latest,
    formerOdometer: reading === null ? (head?.formerOdometer ?? null) : latest,
  };
}
