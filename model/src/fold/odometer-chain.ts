import { bucketKey, type Emit } from '../facts/fact.ts';
import { bucketOf } from '../facts/histogram.ts';
import type { Sink } from './contributions.ts';
import type { Contributing } from './ledger-event.ts';

/** A reading as its neighbours see it. */
export type ChainReading = {
  /** What the odometer read; after it was replaced, the new one. */
  readonly km: number;
  /** What continues the reading before: of a replaced odometer, what the old one read. */
  readonly arrivedKm: number;
  /** The cell of the view `mileage` that the step to it counts in. */
  readonly cell: string;
};

/** What an event reads; undefined when it has no reading. */
export function readingOf(event: Contributing, { names }: Sink): ChainReading | undefined {
  const { odometerKm: km, formerOdometerKm } = event;
  if (km === undefined) return undefined;
  return { km, arrivedKm: formerOdometerKm ?? km, cell: names.of(event).mileage };
}

/**
 * A reading comes between two others (sign 1), or goes from between them (-1): the step that went
 * past it goes, or comes back. Readings are in the order of their days, then of the ledger.
 */
export function relink(
  before: ChainReading | undefined,
  reading: ChainReading,
  after: ChainReading | undefined,
  sign: 1 | -1,
  emit: Emit,
): void {
  if (before !== undefined && after !== undefined) step(before, after, -sign, emit);
  if (before !== undefined) step(before, reading, sign, emit);
  if (after !== undefined) step(reading, after, sign, emit);
}

function step(from: ChainReading, to: ChainReading, sign: number, emit: Emit): void {
  const km = to.arrivedKm - from.km;
  if (km >= 0) {
    if (km > 0) emit(to.cell, 'kmDriven', sign * km);
    emit(to.cell, bucketKey('kmPerStep', bucketOf(km)), sign);
  } else {
    emit(to.cell, 'rollbacks', sign);
    emit(to.cell, 'kmRolledBack', sign * -km);
  }
}
