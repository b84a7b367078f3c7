import type { EventLog } from '@passport/event-log';
import type { Logger, RetryPolicy } from '@passport/runtime';

import type { BlockSource } from './block-source.ts';
import type { MarketKeys } from './opening/market-opener.ts';
import type { Folds } from './shares/folds.ts';
import type { Witness } from './witness.ts';

/** What a listener works with. */
export type ListenerOptions = {
  readonly blocks: BlockSource;
  readonly log: EventLog;
  /** They write for the same epochs and partitions. */
  readonly folds: Folds;
  /** Blocks of an epoch: for ever the same. */
  readonly epochBlocks: number;
  /** The ledger that it has to be, where one is configured. */
  readonly ledger?: string;
  /** The keys of who reads for the market, which erasures destroy; the folds open with the same. */
  readonly market?: MarketKeys;
  /** A second peer's word on each block, where one is configured. */
  readonly witness?: Witness;
  /** Writes blocks from this one on to the log again. */
  readonly fromBlock?: number;
  readonly limits?: ListenerLimits;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Hears of each range that is in the log. */
  readonly onProgress?: (progress: ListenerProgress) => void;
};

/** How much is under way at once. */
export type ListenerLimits = {
  /** Blocks in one record. */
  readonly recordBlocksMax: number;
  /** A record ends with the block that brings its range to so many bytes of transactions. */
  readonly rangeBytesMax: number;
  /** Transactions of blocks that are read ahead, in bytes. */
  readonly aheadBytesMax: number;
  /** Ranges that are begun and not committed yet, of blocks that are there already. */
  readonly rangesUnderWayMax: number;
  /** How the ledger is tried again when it cannot be reached. */
  readonly reconnect: RetryPolicy;
};

/** Where a listener is. */
export type ListenerProgress = {
  readonly ledger: string;
  readonly block: number;
  readonly ledgerTimeMs: number;
  /** Of this range. */
  readonly blocks: number;
  readonly events: number;
};

export const defaultListenerLimits: ListenerLimits = {
  recordBlocksMax: 64,
  rangeBytesMax: 2_000_000,
  aheadBytesMax: 4 * 1024 ** 2,
  rangesUnderWayMax: 4,
  reconnect: { attemptsMax: Number.MAX_SAFE_INTEGER, firstDelayMs: 100, longestDelayMs: 5_000 },
};
