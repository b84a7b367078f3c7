import * as z from 'zod';

import { type EventId, eventId, type SourceId } from '../identifiers/names.ts';
import { type Vid, vid } from '../identifiers/vid.ts';
import type { QualityIndex } from '../quality/quality-index.ts';
import { day, type Day } from '../time/day.ts';
import type { Instant } from '../time/instant.ts';
import type { VehicleState } from '../vehicle/life-cycle.ts';
import { coded } from '../wire/parse.ts';
import type { Flag } from './flags.ts';
import { type EventKind, type RecordableKind, recordableKind } from './kinds.ts';
import { type Method, method } from './methods.ts';
import { type Sealed, sealed } from './sealed.ts';

/** Beyond what any car has driven; a longer number is a slip of the keyboard. */
export const ODOMETER_KM_MAX = 9_999_999;

/** Events of one batch at most. */
export const BATCH_EVENTS_MAX = 500;

export const odometerKm = coded(
  'ODOMETER_INVALID',
  (value): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= ODOMETER_KM_MAX,
);

/** What a source says happened to a vehicle, whatever the kind. */
export const observation = z.strictObject({
  /** The source's own name of it. */
  id: eventId,
  vid,
  at: day,
  method,
  odometerKm: odometerKm.optional(),
  sealed: sealed.optional(),
  /** Made up by a program, and no observation of a real vehicle. */
  generated: z.literal(true).optional(),
});

/** {@link observation} */
export type Observation = z.output<typeof observation>;

/** An event as a source sends it to be recorded. */
export const eventInput = observation.extend({ kind: recordableKind });

/** {@link eventInput} */
export type EventInput = Observation & { readonly kind: RecordableKind };

/** Where an event is on the ledger: which entry of a source in the vehicle's log book, and where in it. */
export type EventPlace = {
  readonly source: SourceId;
  /** The source's entries for the vehicle count from 1. */
  readonly entry: number;
  /** The events of an entry count from 0. */
  readonly index: number;
};

/** An event as the log book keeps it. */
export type RecordedEvent = {
  readonly id: EventId;
  readonly kind: EventKind;
  readonly at: Day;
  readonly method: Method;
  readonly odometerKm?: number;
  readonly quality: QualityIndex;
  /** What a plausibility check says of it; it is kept as it came. */
  readonly flags: readonly Flag[];
  /** The vehicle's state after it, when it changed that. */
  readonly state?: VehicleState;
  readonly sealed?: Sealed;
  readonly generated?: true;
  /** Of a replaced odometer: the last reading of the old one. */
  readonly formerOdometerKm?: number;
  /** Of a voided event: which, and why. */
  readonly voids?: EventPlace & { readonly reason: string };
};

/** What one transaction of one source added to one vehicle's log book: the value of one state key. */
export type LogBookEntry = {
  /** Version of this format. */
  readonly v: 1;
  readonly vid: Vid;
  readonly source: SourceId;
  readonly entry: number;
  /** Time of the transaction. */
  readonly recordedAt: Instant;
  /** Version of the parameter `quality.rules` by which its events were scored. */
  readonly rules: number;
  readonly events: readonly RecordedEvent[];
};
