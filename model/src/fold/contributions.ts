import { BucketKeys, type Emit } from '../facts/fact.ts';
import type { FactName } from '../facts/fact-name.ts';
import { bucketOf } from '../facts/histogram.ts';
import { sumNames } from '../facts/sum-names.ts';
import type { SignalName } from '../signals/signals.ts';
import { TOLD_NONE, toldSignals } from '../views/told.ts';
import type { CellNames, References } from './cell-names.ts';
import { type Contributing, dimensionText, UNKNOWN } from './ledger-event.ts';

/** Where facts go, and how their cells are called. */
export type Sink = { readonly emit: Emit; readonly names: CellNames };

/**
 * The facts of an event by itself, each times `sign`: 1 when it comes, -1 when it is voided. Those of its
 * reading depend on the readings around it: they are in the odometer chain.
 */
export function contribute(event: Contributing, sign: 1 | -1, sink: Sink): void {
  // Of an erased trip, what the odometer read is all that stays.
  if (event.isErased === true) return;
  const { emit } = sink;
  const cells = sink.names.of(event);
  const references = sink.names.references(event.vid, event.source);
  if (event.kind === 'trip') {
    const { told, values } = readTrip(event);
    const { events, usage } = cells.trip(told);
    contributeEvent(event, events, references, sign, emit);
    contributeTrip(values, usage, references, sign, emit);
  } else contributeEvent(event, cells.events(event.kind), references, sign, emit);
  if (event.kind === 'intervention') {
    // A visit with several jobs counts once for each of them.
    for (const job of jobsOf(event)) {
      const cell = cells.with('interventions', job);
      emit(cell, sumNames.interventions, sign);
      refer(references, cell, sign, emit);
    }
  }
  const outcome = outcomes[event.kind];
  if (outcome !== undefined) {
    const cell = cells.with('incidents', severityOf(event));
    emit(cell, outcome, sign);
    refer(references, cell, sign, emit);
  }
}

/** What was recorded, by ledger time; that it is voided later takes nothing back. */
export function contributeActivity(event: Contributing, ledgerTimeMs: number, sink: Sink): void {
  const distance = distanceOf(event);
  const { emit } = sink;
  for (const cell of sink.names.activity(event.kind, event.sourceKind, ledgerTimeMs)) {
    emit(cell, sumNames.events, 1);
    if (distance !== undefined) emit(cell, sumNames.distanceM, distance);
    if (event.flags.length > 0) emit(cell, sumNames.flags, event.flags.length);
  }
}

/** The distance of a trip, where it tells one. */
export function distanceOf(event: Contributing): number | undefined {
  if (event.kind !== 'trip' || event.isErased === true) return undefined;
  return countOf(event, 'Vehicle.TripMeterReading');
}

/** The signals that facts need of events, by kind. */
export const factSignals: Partial<Record<Contributing['kind'], readonly SignalName[]>> = {
  trip: toldSignals.map(([, signal]) => signal),
  intervention: ['Passport.Intervention.Jobs'],
  incident: ['Passport.Incident.Severity'],
  'wreck-declared': ['Passport.Incident.Severity'],
  'wreck-lifted': ['Passport.Incident.Severity'],
};

const outcomes: Partial<Record<Contributing['kind'], FactName>> = {
  incident: sumNames.incidents,
  'wreck-declared': sumNames.wrecksDeclared,
  'wreck-lifted': sumNames.wrecksLifted,
};

function contributeEvent(
  event: Contributing,
  cell: FactName,
  references: References,
  sign: number,
  emit: Emit,
): void {
  emit(cell, sumNames.events, sign);
  emit(cell, sumNames.qualityPoints, sign * event.qualityIndex);
  if (event.generated === true) emit(cell, sumNames.generated, sign);
  refer(references, cell, sign, emit);
}

/** Where {@link toldSignals} has them. */
const [DISTANCE, FUEL, ENERGY, SPEED] = [placeOf('d'), placeOf('f'), placeOf('e'), placeOf('s')];

function placeOf(told: (typeof toldSignals)[number][0]): number {
  return toldSignals.findIndex(([letter]) => letter === told);
}

/** What trips add to, in the order of {@link toldSignals}; speeds do not add up. */
const tripSums: readonly FactName[] = [
  ...[sumNames.distanceM, sumNames.durationMs, sumNames.movingMs],
  ...[sumNames.harshBrakes, sumNames.harshAccelerations, sumNames.fuelMl, sumNames.energyWh],
];

const tripKeys = new BucketKeys('tripM');
const speedKeys = new BucketKeys('speed');

function contributeTrip(
  values: TripValues,
  cell: FactName,
  references: References,
  sign: number,
  emit: Emit,
): void {
  emit(cell, sumNames.trips, sign);
  for (let place = 0; place < tripSums.length; place += 1) {
    const measure = tripSums[place];
    const value = values[place];
    if (measure !== undefined && value !== undefined && value !== 0) {
      emit(cell, measure, sign * value);
    }
  }
  const distance = values[DISTANCE];
  const speed = values[SPEED];
  if (distance !== undefined) {
    emit(cell, tripKeys.of(bucketOf(distance)), sign);
    const fuel = values[FUEL];
    const energy = values[ENERGY];
    if (fuel !== undefined) {
      emit(cell, sumNames.fuelDistanceM, sign * distance);
      emit(cell, sumNames.fuelOverDistanceMl, sign * fuel);
    }
    if (energy !== undefined) {
      emit(cell, sumNames.energyDistanceM, sign * distance);
      emit(cell, sumNames.energyOverDistanceWh, sign * energy);
    }
  }
  if (speed !== undefined) emit(cell, speedKeys.of(bucketOf(speed)), sign);
  refer(references, cell, sign, emit);
}

/** What a trip tells of each of {@link toldSignals}. */
type TripValues = readonly (number | undefined)[];

/** What a trip tells, and which of it, as the dimension has it. */
function readTrip(event: Contributing): { readonly told: string; readonly values: TripValues } {
  const values: (number | undefined)[] = [];
  let bits = 0;
  for (const [, signal] of toldSignals) {
    const value = countOf(event, signal);
    if (value !== undefined) bits |= 1 << values.length;
    values.push(value);
  }
  return { told: toldNames[bits] ?? TOLD_NONE, values };
}

/** What is told by bits, the first signal's the lowest: one text for all trips that tell the same. */
const toldNames: readonly string[] = Array.from({ length: 1 << toldSignals.length }, (_, bits) => {
  const letters = toldSignals.filter((__, place) => (bits & (1 << place)) !== 0);
  return letters.length === 0 ? TOLD_NONE : letters.map(([letter]) => letter).join('');
});

function jobsOf({ fields }: Contributing): readonly string[] {
  const jobs = fields['Passport.Intervention.Jobs'];
  if (typeof jobs !== 'string') return [UNKNOWN];
  return [...new Set(jobs.split(',').map(dimensionText))];
}

function severityOf({ fields }: Contributing): string {
  return dimensionText(fields['Passport.Incident.Severity']);
}

/** Refers to who is in a cell. */
export function refer(
  { vehicle, contributor }: References,
  cell: FactName,
  sign: number,
  emit: Emit,
): void {
  emit(cell, vehicle, sign);
  emit(cell, contributor, sign);
}

/** More than any trip has of anything; nine million of these add up without loss. */
const COUNT_MAX = 1_000_000_000;

/** A field as a whole number that is not negative; what cannot be is left out. */
function countOf({ fields }: Contributing, signal: SignalName): number | undefined {
  const value = fields[signal];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
  return value >= 0 && value <= COUNT_MAX ? value : undefined;
}
