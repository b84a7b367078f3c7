import type { ExactAt } from './answers.ts';

/** What batches that were released together add up to. */
export type ReleasedSums = {
  /** Events that stand, of all kinds. */
  readonly events: number;
  readonly trips: number;
  readonly distanceM: number;
  /** Batches of events that the sums are made of. */
  readonly batches: number;
};

/** What one epoch released, at its last block. */
export type ReleasePoint = ReleasedSums & {
  readonly block: number;
  /** Of that block. */
  readonly ledgerTime: string;
};

/** What was released within a rolling window of ledger time, up to the newest release. */
export type ReleasedWindow = ReleasedSums & {
  /** 1h, 24h or 7d. */
  readonly window: string;
  /** Releases in it. */
  readonly releases: number;
  /** Whether it is known back to its beginning; else it begins with the oldest release that is. */
  readonly isWhole: boolean;
};

/**
 * What everybody may see of the ledger at a glance: sums over whole batches, up to a watermark. A text `*` is what
 * batches were not told apart by.
 */
export type LiveFigures = ExactAt & {
  readonly epochBlocks: number;
  /** Vehicles that each batch is of, at least. */
  readonly k: number;
  readonly totals: ReleasedSums;
  /** In the order of their lengths. */
  readonly windows: readonly ReleasedWindow[];
  readonly regions: readonly (ReleasedSums & { readonly region: string })[];
  readonly kinds: readonly { readonly kind: string; readonly events: number }[];
  /** Mean quality index of events, points of 1000: by the day on which they happened, and by kind of source. */
  readonly quality: {
    readonly days: readonly QualityOf<'day'>[];
    readonly sourceKinds: readonly QualityOf<'sourceKind'>[];
  };
  /** The newest ones, oldest first. */
  readonly releases: readonly ReleasePoint[];
};

type QualityOf<Name extends string> = { readonly events: number; readonly meanQuality: number } & {
  readonly [name in Name]: string;
};

/** How far the ledger's answers are. */
export type LiveHeight = {
  /** Newest exact answer; null while there is none. */
  readonly block: number | null;
  readonly ledgerTime: string | null;
  /** What is released is of blocks up to this one. */
  readonly watermark: number | null;
  readonly epochBlocks: number | null;
  /** Why answers do not move on; null while they do. */
  readonly trouble: string | null;
  readonly partitions: readonly {
    readonly partition: number;
    readonly block: number | null;
    /** Behind the furthest partition. */
    readonly lagBlocks: number | null;
  }[];
};
