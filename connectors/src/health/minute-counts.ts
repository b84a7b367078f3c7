const MINUTE_MS = 60_000;

/** How far back it counts. */
const MINUTES = 60;

/** Counts of the last hour, by minute: memory does not grow with what is counted. */
export class MinuteCounts {
  readonly #counts = new Map<number, number>();

  add(count: number, now: Date): void {
    const minute = minuteOf(now);
    this.#counts.set(minute, (this.#counts.get(minute) ?? 0) + count);
    for (const past of this.#counts.keys()) {
      if (past <= minute - MINUTES) this.#counts.delete(past);
    }
  }

  /** All of the last sixty minutes, the one that is under way included. */
  lastHour(now: Date): number {
    const minute = minuteOf(now);
    let sum = 0;
    for (const [at, count] of this.#counts) {
      if (at > minute - MINUTES && at <= minute) sum += count;
    }
    return sum;
  }
}

function minuteOf(now: Date): number {
  return Math.floor(now.getTime() / MINUTE_MS);
}
