import type { Flag } from '../events/flags.ts';
import { BucketKeys, type Emit } from '../facts/fact.ts';
import { type FactName, nameIn } from '../facts/fact-name.ts';
import { bucketOf } from '../facts/histogram.ts';
import { sumNames } from '../facts/sum-names.ts';
import type { SourceId } from '../identifiers/names.ts';
import type { Vid } from '../identifiers/vid.ts';
import type { StepName } from './cell-names.ts';
import { refer, type Sink } from './contributions.ts';
import type { Contributing } from './ledger-event.ts';

/** A reading, with all that it counts for. */
export type ChainReading = Pick<Contributing, 'qualityIndex' | 'flags'> & {
  /** What the odometer read; after it was replaced, the new one. */
  readonly km: number;
  /** What continues the reading before: of a replaced odometer, what the old one read. */
  readonly arrivedKm: number;
  /** The cell of the view `mileage` that it counts in, but for the last dimension: that is its step. */
  readonly cell: string;
  readonly source: SourceId;
};

/** What an event reads; undefined when it has no reading. */
export function readingOf(event: Contributing, { names }: Sink): ChainReading | undefined {
  const { odometerKm: km, formerOdometerKm, qualityIndex, flags, source } = event;
  if (km === undefined) return undefined;
  const { mileage: cell } = names.of(event);
  return { km, arrivedKm: formerOdometerKm ?? km, cell, source, qualityIndex, flags };
}

/** A reading of a vehicle between its neighbours, in the order of their days, then of the ledger. */
export type ChainLink = {
  readonly vid: Vid;
  readonly before: ChainReading | undefined;
  readonly reading: ChainReading;
  readonly after: ChainReading | undefined;
};

/**
 * A reading comes between two others (sign 1), or goes from between them (-1): the step that went
 * past it goes, or comes back. The reading behind it moves where it has a step now and had none, or one
 * the other way: readings whose steps tell different things are in different cells.
 */
export function relink({ vid, before, reading, after }: ChainLink, sign: 1 | -1, sink: Sink): void {
  count(vid, reading, before, sign, sink);
  if (after === undefined) return;
  const name = nameOf(reading, after);
  if (nameOf(before, after) === name) {
    const cell = sink.names.step(after.cell, name);
    step(before, after, cell, -sign, sink.emit);
    step(reading, after, cell, sign, sink.emit);
    return;
  }
  count(vid, after, before, -sign, sink);
  count(vid, after, reading, sign, sink);
}

/** All facts of a reading that follows another one, or none. */
function count(
  vid: Vid,
  reading: ChainReading,
  before: ChainReading | undefined,
  sign: number,
  { emit, names }: Sink,
): void {
  const cell = names.step(reading.cell, nameOf(before, reading));
  emit(cell, sumNames.readings, sign);
  emit(cell, sumNames.qualityPoints, sign * reading.qualityIndex);
  for (const flag of reading.flags) emit(cell, nameIn(flagNames, flag, String), sign);
  refer(names.references(vid, reading.source), cell, sign, emit);
  step(before, reading, cell, sign, emit);
}

/** The keys of flags: there are few. */
const flagNames = new Map<Flag, FactName>();

const stepKeys = new BucketKeys('kmPerStep');

function step(
  from: ChainReading | undefined,
  to: ChainReading,
  cell: FactName,
  sign: number,
  emit: Emit,
): void {
  if (from === undefined) return;
  const km = to.arrivedKm - from.km;
  if (km >= 0) {
    if (km > 0) emit(cell, sumNames.kmDriven, sign * km);
    emit(cell, stepKeys.of(bucketOf(km)), sign);
  } else {
    emit(cell, sumNames.rollbacks, sign);
    emit(cell, sumNames.kmRolledBack, sign * -km);
  }
}

/** The step as the dimension has it. */
function nameOf(from: ChainReading | undefined, to: ChainReading): StepName {
  if (from === undefined) return 'none';
  return to.arrivedKm >= from.km ? 'forward' : 'back';
}
