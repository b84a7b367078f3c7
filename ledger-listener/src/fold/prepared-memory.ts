import type { FoldMemory, LogBookEntry, Vid } from '@passport/model';

/** A memory that may have to read something before it can answer: folding does not wait. */
export type PreparedMemory = FoldMemory & {
  /**
   * Brings at hand what folding an entry of a vehicle will ask for, or, without one, all that is kept of it. Undefined where that
   * is at hand. Behind the wait it is asked again, and folding follows at once: what is stored meanwhile puts it out of reach.
   */
  prepare?(vid: Vid, entry?: LogBookEntry): Promise<void> | undefined;
};
