import type { FeedRefusal } from '../feed.ts';

/** Where refused rows are counted. */
export type RefusalCounter<Reason extends string> = Pick<Refusals<Reason>, 'add'>;

/** Counts refused rows by reason until the feed says so. */
export class Refusals<Reason extends string> {
  readonly #rows = new Map<Reason, number>();

  add(reason: Reason, rows = 1): void {
    if (rows > 0) this.#rows.set(reason, (this.#rows.get(reason) ?? 0) + rows);
  }

  /** What was counted since the last time, sorted by reason. */
  take(): FeedRefusal[] {
    const taken = [...this.#rows].map(([reason, rows]) => ({
      type: 'refused' as const,
      reason,
      rows,
    }));
    this.#rows.clear();
    return taken.sort((a, b) => (a.reason < b.reason ? -1 : 1));
  }
}
