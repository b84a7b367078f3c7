import { exactAt, type ExactAt } from '../exact-at.ts';
import { type History, isEvent, isSamePlace, type Line, type Place } from '../history/history.ts';
import { byDay } from '../views/mileage.ts';
import { shownLines } from './shown-lines.ts';

/** One line of a log book in an answer. */
export type VehicleEvent = {
  readonly kind: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly block: number;
  readonly tx: number;
  readonly index: number;
  readonly place: Place | null;
  readonly odometerKm: number | null;
  readonly quality: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly voidedBy: Place | null;
};

/** The answer, as the serving API gives it. */
export type VehicleAnswer = ExactAt & {
  readonly vid: string;
  readonly state: string;
  readonly owners: number;
  readonly events: readonly VehicleEvent[];
};

/**
 * A vehicle's whole log book as of a block, the newest one by default; undefined where no line is of
 * that vehicle. Throws HistoryError `BLOCK_UNKNOWN`.
 */
export function answerVehicle(
  history: History,
  vid: string,
  atBlock?: number,
): VehicleAnswer | undefined {
  const exact = exactAt(history, atBlock);
  const lines = shownLines(history, vid, exact.block);
  if (lines.length === 0) return undefined;
  const states = lines.map(({ event }) => event?.state).filter((state) => state !== undefined);
  const owners = lines
    .filter(({ kind }) => kind === 'ownership-transferred')
    .map(({ detail }) => Number(detail['ownerEpoch']));
  return {
    ...exact,
    vid,
    state: states.at(-1) ?? 'in-service',
    owners: Math.max(0, ...owners),
    events: lines.toSorted(byDay).map((line) => eventOf(line, lines)),
  };
}

function eventOf(line: Line, lines: readonly Line[]): VehicleEvent {
  const { kind, at, recordedAtMs, block, tx, index, odometerKm, quality, detail, event } = line;
  const place = event?.place ?? null;
  const voiding = lines
    .filter(isEvent)
    .find(
      (other) =>
        place !== null && other.event.voids !== undefined && isSamePlace(other.event.voids, place),
    );
  return {
    ...{ kind, at, recordedAt: new Date(recordedAtMs).toISOString(), block, tx, index },
    ...{ place, odometerKm, quality, detail, voidedBy: voiding?.event.place ?? null },
  };
}
