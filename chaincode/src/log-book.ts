import type { Day } from './day.ts';
import type { Vid } from './vid.ts';

/** What a plausibility check says of a reading; the reading itself is kept as it came. */
export type Flag = 'odometer-lower-than-before';

/** A vehicle entered the log book. */
export type Registration = {
  readonly kind: 'registered';
  readonly vid: Vid;
  readonly day: Day;
  /** MSP id of the organisation that wrote it. */
  readonly source: string;
};

/** What a source read off an odometer. */
export type Reading = {
  readonly id: string;
  readonly odometerKm: number;
  readonly day: Day;
  /** MSP id of the organisation that read it. */
  readonly source: string;
};

/** A reading as the log book keeps it. */
export type MileageEntry = Reading & {
  readonly kind: 'mileage';
  readonly vid: Vid;
  /** Its place among the vehicle's readings in the order of the ledger, from 1. */
  readonly sequence: number;
  readonly flags: readonly Flag[];
};

/** All that recording needs to know of a vehicle. */
export type VehicleHead = {
  readonly registration: Registration;
  /** How many readings are recorded. */
  readonly readings: number;
  /** The reading of the latest day; null before the first. */
  readonly latest: { readonly day: Day; readonly odometerKm: number } | null;
};

/** A vehicle's log book as people read it. */
export type LogBook = {
  readonly vid: Vid;
  readonly timeline: readonly (Registration | MileageEntry)[];
};

/** The head of a vehicle that has just been registered. */
export function register(vid: Vid, day: Day, source: string): VehicleHead {
  return { registration: { kind: 'registered', vid, day, source }, readings: 0, latest: null };
}

/**
 * Takes a reading into the log book: the entry, and the head after it. A reading that is lower than
 * the one of the latest day is flagged and kept. One of an earlier day comes late: it tells nothing
 * about the latest, so it is neither flagged nor does it move the head.
 */
export function recordMileage(
  head: VehicleHead,
  reading: Reading,
): { readonly entry: MileageEntry; readonly head: VehicleHead } {
  const { latest, registration } = head;
  const late = latest !== null && reading.day < latest.day;
  const lower = latest !== null && !late && reading.odometerKm < latest.odometerKm;
  const sequence = head.readings + 1;
  const { day, odometerKm } = reading;
  return {
    entry: {
      ...reading,
      kind: 'mileage',
      vid: registration.vid,
      sequence,
      flags: lower ? ['odometer-lower-than-before'] : [],
    },
    head: { registration, readings: sequence, latest: late ? latest : { day, odometerKm } },
  };
}

/** The log book by day; entries of one day stand in the order of the ledger. */
export function logBookOf(head: VehicleHead, entries: readonly MileageEntry[]): LogBook {
  const timeline = [head.registration, ...entries].sort(
    (a, b) => compare(a.day, b.day) || sequenceOf(a) - sequenceOf(b),
  );
  return { vid: head.registration.vid, timeline };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sequenceOf(entry: Registration | MileageEntry): number {
  return entry.kind === 'registered' ? 0 : entry.sequence;
}
