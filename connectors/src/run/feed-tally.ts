import type { FeedRefusal } from '../feed.ts';
import type { Outcome } from '../memory/connector-memory.ts';

/** How far a feed has come. */
export type FeedProgress = {
  readonly feed: string;
  readonly rowsRead: number;
  readonly eventsRecorded: number;
  /** Events that had been recorded before, or came twice. */
  readonly duplicates: number;
  readonly vehiclesRegistered: number;
  /** Events that a correction voided. */
  readonly eventsVoided: number;
  /** Rows of input by the reason why they are in no event. */
  readonly refusedRows: Readonly<Record<string, number>>;
};

/** Counts what becomes of a feed. */
export class FeedTally {
  readonly #refused = new Map<string, number>();
  #eventsRecorded = 0;
  #duplicates = 0;
  #vehiclesRegistered = 0;
  #eventsVoided = 0;

  duplicate(): void {
    this.#duplicates += 1;
  }

  refused({ reason, rows }: FeedRefusal): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + rows);
  }

  outcome({ registered = [], recorded = [], voided }: Outcome): void {
    this.#vehiclesRegistered += registered.length;
    this.#eventsRecorded += recorded.length;
    if (voided !== undefined) this.#eventsVoided += 1;
  }

  progress(feed: string, rowsRead: number): FeedProgress {
    return {
      feed,
      rowsRead,
      eventsRecorded: this.#eventsRecorded,
      duplicates: this.#duplicates,
      vehiclesRegistered: this.#vehiclesRegistered,
      eventsVoided: this.#eventsVoided,
      refusedRows: Object.fromEntries([...this.#refused].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}
