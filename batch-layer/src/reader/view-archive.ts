import type { Fact, LogRow, Vid } from '@passport/model';

/** Up to which block the archive goes, and which versions of its tables have just that. */
export type Watermark = {
  readonly ledger: string;
  /** The last block of an epoch: all facts up to it are in the views, and none behind it. */
  readonly block: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly ledgerTimeMs: number;
  readonly epochBlocks: number;
  readonly partitions: number;
  readonly definitions: number;
  /** Version of each table, by its name. */
  readonly tables: Readonly<Record<string, number>>;
};

/** What the batch layer has: what others may use of it. */
export type ViewArchive = {
  /** The newest one; undefined before the first. */
  watermark(): Promise<Watermark | undefined>;
  /** The sums of all views, as facts, in parts. A cell may come several times. */
  cells(at: Watermark): AsyncIterable<readonly Fact[]>;
  /** The lines of a vehicle's log book, in the order of the ledger. */
  book(vid: Vid, at: Watermark): Promise<LogRow[]>;
};

/** An archive that has nothing yet. */
export const emptyArchive: ViewArchive = {
  watermark: () => Promise.resolve(undefined),
  async *cells() {},
  book: () => Promise.resolve([]),
};
