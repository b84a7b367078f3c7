import {
  millisecondsOf,
  parseInstant,
  type ReleasedSums,
  type ReleasedWindow,
  type ReleasePoint,
  windows,
} from '@passport/model';

/** Nothing released. */
export const noSums: ReleasedSums = { events: 0, trips: 0, distanceM: 0, batches: 0 };

/** Adds two. */
function addSums(one: ReleasedSums, other: ReleasedSums): ReleasedSums {
  return {
    events: one.events + other.events,
    trips: one.trips + other.trips,
    distanceM: one.distanceM + other.distanceM,
    batches: one.batches + other.batches,
  };
}

/**
 * What the rolling windows have that end with a ledger time. Points come oldest first; before the first of them
 * nothing is known, unless `fromBeginning` says that nothing was released.
 */
export function windowsOf(
  points: readonly ReleasePoint[],
  ledgerTimeMs: number,
  fromBeginning: boolean,
): ReleasedWindow[] {
  const oldest = points[0];
  return windows.map(({ name, lengthMs }) => {
    const start = ledgerTimeMs - lengthMs;
    const inside = points.filter(({ ledgerTime }) => timeOf(ledgerTime) > start);
    return {
      window: name,
      ...inside.reduce<ReleasedSums>(addSums, noSums),
      releases: inside.length,
      isWhole: fromBeginning || (oldest !== undefined && timeOf(oldest.ledgerTime) <= start),
    };
  });
}

function timeOf(ledgerTime: string): number {
  return millisecondsOf(parseInstant(ledgerTime));
}
