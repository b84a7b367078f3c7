const QUARTER_HOUR_MS = 15 * 60 * 1000;

/** Zones are at most this far from UTC (Kiribati; IANA time zone database). */
const OFFSET_MS_MAX = 14 * 60 * 60 * 1000;

/**
 * Finds the instants at which clocks in a zone show a time. Zones change their offset at whole quarter
 * hours, so one look-up serves all seconds of a quarter: a trip's rows cost one or two.
 */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  #quarter = Number.NaN;
  #offsetsMs: readonly number[] = [];

  /** Throws RangeError for a zone that is not in the IANA database. */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  }

  /**
   * Milliseconds since 1970 of a wall-clock time that is given as if it were UTC. The hour that comes
   * twice in autumn is the first of the two, as Temporal's `compatible` has it; the hour that clocks
   * leave out in spring is undefined: nobody can have read it off one.
   */
  instantOf(wallMs: number): number | undefined {
    const quarter = Math.floor(wallMs / QUARTER_HOUR_MS);
    if (quarter !== this.#quarter) {
      this.#offsetsMs = this.#offsetsAt(quarter * QUARTER_HOUR_MS);
      this.#quarter = quarter;
    }
    // The larger offset is the earlier instant.
    const [offsetMs] = this.#offsetsMs;
    return offsetMs === undefined ? undefined : wallMs - offsetMs;
  }

  #offsetsAt(wallMs: number): number[] {
    const around = [-OFFSET_MS_MAX, OFFSET_MS_MAX].map((ms) => this.#offsetOf(wallMs + ms));
    const possible = [...new Set(around)].filter(
      (offsetMs) => this.#offsetOf(wallMs - offsetMs) === offsetMs,
    );
    return possible.sort((a, b) => b - a);
  }

  #offsetOf(timeMs: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(timeMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const shownMs = Date.UTC(year, month - 1, day, hour, minute, second);
    return shownMs - Math.floor(timeMs / 1000) * 1000;
  }
}
