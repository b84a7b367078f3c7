/** A place in degrees. */
export type Place = { readonly lat: number; readonly lon: number };

/**
 * The first and the last minutes of a trip, whose places never leave: they lead to a home, a practice, a
 * place of worship. Three minutes of town traffic are one to two kilometres, about the size of the
 * cells that places are told by, so that a cell is not the one that the trip began in by rule.
 */
export const TRIP_END_MS = 3 * 60_000;

/**
 * Follows a trip's places, in the order of time, and knows where it was when its first minutes were over,
 * and when its last ones began. It keeps the places of the last minutes, however long the trip is.
 */
export class TripEnds {
  #start: TimedPlace | undefined;
  /** The last place that may be told, if the trip ends where it is; then all behind it. */
  #recent: TimedPlace[] = [];

  /** The trip was there then; it began at `startMs`. */
  add(timeMs: number, { lat, lon }: Place, startMs: number): void {
    const place = { timeMs, lat, lon };
    if (timeMs >= startMs + TRIP_END_MS) this.#start ??= place;
    this.#recent.push(place);
    const over = this.#recent.findLastIndex((each) => each.timeMs <= timeMs - TRIP_END_MS);
    if (over > 0) this.#recent = this.#recent.slice(over);
  }

  /**
   * The places that may be told of the trip that ends at `endMs`: neither of a trip that is all first and
   * last minutes.
   */
  ends(endMs: number): { readonly start?: Place; readonly end?: Place } {
    const start = this.#start;
    const end = this.#recent.findLast(({ timeMs }) => timeMs <= endMs - TRIP_END_MS);
    if (start === undefined || end === undefined || start.timeMs > end.timeMs) return {};
    return { start: placeOf(start), end: placeOf(end) };
  }
}

type TimedPlace = Place & { readonly timeMs: number };

function placeOf({ lat, lon }: TimedPlace): Place {
  return { lat, lon };
}
