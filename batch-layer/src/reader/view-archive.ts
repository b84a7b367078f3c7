import type { Fact, LogRow, ReleasedViewName, Vid } from '@passport/model';

import type { ErasureCertificate, VehicleErasure } from '../erasure/erasure-records.ts';

/** Up to which block the archive goes, and which versions of its tables have just that. */
export type Watermark = {
  readonly ledger: string;
  /** The last block of an epoch: all facts up to it are in the views, and none behind it. */
  readonly block: number;
  /**
   * Counts how often other versions of the tables took the place of the first ones, in which something was
   * erased that is in these no more.
   */
  readonly edition: number;
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
  /** The newest one that was seen so far; undefined before that. */
  readonly seen: Watermark | undefined;
  /** The newest one; undefined before the first. */
  watermark(): Promise<Watermark | undefined>;
  /** The sums of all views, as facts, in parts. A cell may come several times. */
  cells(at: Watermark): AsyncIterable<readonly Fact[]>;
  /** The lines of a vehicle's log book, in the order of the ledger. */
  book(vid: Vid, at: Watermark): Promise<LogRow[]>;
  /** What its owners had erased, and how far that is. */
  erasures(vid: Vid): Promise<readonly VehicleErasure[]>;
  /** Puts the word of a member on its part of an erasure beside the others; its first one stands. */
  certifyErasure(vid: Vid, ownerEpoch: number, signed: ErasureCertificate): Promise<void>;
};

/** A batch as it was released: sums and buckets by key, the crowd's counts among them. */
export type ReleasedBatch = {
  readonly view: ReleasedViewName;
  readonly dimensions: readonly string[];
  /** The last block of the epoch that released it. */
  readonly block: number;
  readonly sums: readonly (readonly [key: string, value: number])[];
};

/** What the batch layer has released. */
export type ReleaseArchive = {
  /** The newest one; undefined before the first. */
  watermark(): Promise<Watermark | undefined>;
  /** That of a block; undefined where there was none, or it is forgotten. */
  watermarkAt(block: number): Promise<Watermark | undefined>;
  /** The batches up to a watermark that were released behind a block, in parts. */
  batches(at: Watermark, after: number): AsyncIterable<readonly ReleasedBatch[]>;
};

/** Who is in a batch, and how often: for who shares money out, and for nobody else. */
export type BatchContributions = {
  readonly view: ReleasedViewName;
  readonly dimensions: readonly string[];
  /** The last block of the epoch that released it. */
  readonly block: number;
  /** Events in it by source, and these times the source's mean quality. */
  readonly sources: readonly {
    readonly source: string;
    readonly events: bigint;
    readonly points: bigint;
  }[];
  /** Events in it by owner, as references. */
  readonly owners: readonly { readonly owner: string; readonly events: bigint }[];
};

/** What the batch layer knows of who is in what it has released. */
export type ContributionArchive = {
  /** The newest one; undefined before the first. */
  watermark(): Promise<Watermark | undefined>;
  /** Who is in the batches that were released up to a block, in parts; not behind that of the watermark. */
  contributions(at: Watermark, upTo: number): AsyncIterable<readonly BatchContributions[]>;
  /** The lines of a vehicle's log book, in the order of the ledger. */
  book(vid: Vid, at: Watermark): Promise<LogRow[]>;
};

/** An archive that has nothing yet. */
export const emptyArchive: ViewArchive & ReleaseArchive & ContributionArchive = {
  seen: undefined,
  watermark: () => Promise.resolve(undefined),
  watermarkAt: () => Promise.resolve(undefined),
  async *batches() {},
  async *contributions() {},
  async *cells() {},
  book: () => Promise.resolve([]),
  erasures: () => Promise.resolve([]),
  certifyErasure: () => Promise.reject(new Error('there is no archive')),
};
