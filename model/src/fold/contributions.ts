import { bucketKey, cellName, type Emit, referenceKey } from '../facts/fact.ts';
import { bucketOf } from '../facts/histogram.ts';
import type { SignalName } from '../signals/signals.ts';
import { bucketStart, windows } from '../views/windows.ts';
import { dimensionText, type LedgerEvent, UNKNOWN } from './ledger-event.ts';

/** The dimensions that views of vehicles share, of an event. */
export function dimensionsOf(event: LedgerEvent): readonly string[] {
  const { brand, model, energy, region } = event.traits;
  return [event.at, brand, model, energy, region, event.sourceKind];
}

/**
 * The facts of an event by itself, each times `sign`: 1 when it comes, -1 when it is voided. What
 * depends on the readings around it is in the odometer chain.
 */
export function contribute(event: LedgerEvent, sign: 1 | -1, emit: Emit): void {
  const shared = dimensionsOf(event);
  contributeEvent(event, shared, sign, emit);
  if (event.kind === 'trip') contributeTrip(event, shared, sign, emit);
  if (event.odometerKm !== undefined) contributeReading(event, shared, sign, emit);
  if (event.kind === 'intervention') contributeJobs(event, shared, sign, emit);
  const outcome = outcomes[event.kind];
  if (outcome !== undefined) {
    const cell = cellName('incidents', [...shared, severityOf(event)]);
    emit(cell, outcome, sign);
    refer(event, cell, sign, emit);
  }
}

/** What was recorded, by ledger time; that it is voided later takes nothing back. */
export function contributeActivity(event: LedgerEvent, ledgerTimeMs: number, emit: Emit): void {
  const distance = event.kind === 'trip' ? countOf(event, 'Vehicle.TripMeterReading') : undefined;
  for (const window of windows) {
    const bucket = bucketStart(window, ledgerTimeMs);
    const cell = cellName('activity', [window.name, bucket, event.kind, event.sourceKind]);
    emit(cell, 'events', 1);
    if (distance !== undefined) emit(cell, 'distanceM', distance);
    if (event.flags.length > 0) emit(cell, 'flags', event.flags.length);
  }
}

const outcomes: Partial<Record<LedgerEvent['kind'], string>> = {
  incident: 'incidents',
  'wreck-declared': 'wrecksDeclared',
  'wreck-lifted': 'wrecksLifted',
};

function contributeEvent(
  event: LedgerEvent,
  shared: readonly string[],
  sign: number,
  emit: Emit,
): void {
  const cell = cellName('events', [...shared, event.kind]);
  emit(cell, 'events', sign);
  emit(cell, 'qualityPoints', sign * event.quality.index);
  if (event.generated === true) emit(cell, 'generated', sign);
  refer(event, cell, sign, emit);
}

/** Sums of a trip, and the signal that each is of. */
const tripSums: readonly (readonly [measure: string, signal: SignalName])[] = [
  ['distanceM', 'Vehicle.TripMeterReading'],
  ['durationMs', 'Vehicle.TripDuration'],
  ['movingMs', 'Passport.Trip.MovingDuration'],
  ['harshBrakes', 'Passport.Trip.HarshBrakes'],
  ['harshAccelerations', 'Passport.Trip.HarshAccelerations'],
  ['fuelMl', 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart'],
  ['energyWh', 'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy'],
];

function contributeTrip(
  event: LedgerEvent,
  shared: readonly string[],
  sign: number,
  emit: Emit,
): void {
  const cell = cellName('usage', shared);
  emit(cell, 'trips', sign);
  for (const [measure, signal] of tripSums) {
    const value = countOf(event, signal);
    if (value !== undefined && value !== 0) emit(cell, measure, sign * value);
  }
  const distance = countOf(event, 'Vehicle.TripMeterReading');
  const speed = countOf(event, 'Vehicle.AverageSpeed');
  if (distance !== undefined) {
    emit(cell, bucketKey('tripM', bucketOf(distance)), sign);
    const fuel = countOf(event, 'Vehicle.Powertrain.FuelSystem.ConsumptionSinceStart');
    const energy = countOf(event, 'Vehicle.Powertrain.TractionBattery.AccumulatedConsumedEnergy');
    if (fuel !== undefined) emit(cell, 'fuelDistanceM', sign * distance);
    if (energy !== undefined) emit(cell, 'energyDistanceM', sign * distance);
  }
  if (speed !== undefined) emit(cell, bucketKey('speed', bucketOf(speed)), sign);
  refer(event, cell, sign, emit);
}

function contributeReading(
  event: LedgerEvent,
  shared: readonly string[],
  sign: number,
  emit: Emit,
): void {
  const cell = cellName('mileage', shared);
  emit(cell, 'readings', sign);
  emit(cell, 'qualityPoints', sign * event.quality.index);
  for (const flag of event.flags) emit(cell, flag, sign);
  refer(event, cell, sign, emit);
}

/** A visit with several jobs counts once for each of them. */
function contributeJobs(
  event: LedgerEvent,
  shared: readonly string[],
  sign: number,
  emit: Emit,
): void {
  for (const job of jobsOf(event)) {
    const cell = cellName('interventions', [...shared, job]);
    emit(cell, 'interventions', sign);
    refer(event, cell, sign, emit);
  }
}

function jobsOf({ fields }: LedgerEvent): readonly string[] {
  const jobs = fields['Passport.Intervention.Jobs'];
  if (typeof jobs !== 'string') return [UNKNOWN];
  return [...new Set(jobs.split(',').map(dimensionText))];
}

function severityOf({ fields }: LedgerEvent): string {
  return dimensionText(fields['Passport.Incident.Severity']);
}

function refer({ vid, source }: LedgerEvent, cell: string, sign: number, emit: Emit): void {
  emit(cell, referenceKey('vehicle', vid), sign);
  emit(cell, referenceKey('contributor', source), sign);
}

/** More than any trip has of anything; a hundred million of these add up without loss. */
const COUNT_MAX = 10_000_000_000;

/** A field as a whole number that is not negative; what cannot be is left out. */
function countOf({ fields }: LedgerEvent, signal: SignalName): number | undefined {
  const value = fields[signal];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return undefined;
  return value >= 0 && value <= COUNT_MAX ? value : undefined;
}
