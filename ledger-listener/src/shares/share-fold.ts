import type { MspId, Vid } from '@passport/model';

import type { FoldableBlock } from '../blocks/block.ts';
import type { ChainTip } from '../blocks/chain.ts';
import type { Erased, FoldHeight } from '../fold/fold-store.ts';
import type { FoldShare } from '../fold/fold-share.ts';
import type { HaltCode } from '../listener-error.ts';
import type { ReaderKeys } from '../opening/market-opener.ts';
import type { PackedBytes, PackerOptions } from '../pack/packer.ts';

/** What the fold of a share is made with; for ever the same. */
export type ShareOptions = PackerOptions & {
  readonly share: FoldShare;
  /** Name of the chaincode whose transactions are ours. */
  readonly chaincode: string;
};

/** Who reads for the market, as far as a fold needs it. */
export type FoldReader = { readonly mspId: MspId; readonly keys: Pick<ReaderKeys, 'find'> };

/** A range to be folded: it lies in one epoch. */
export type FoldTask = {
  /** Verified, one behind the other. */
  readonly blocks: readonly FoldableBlock[];
  /** The last of them. */
  readonly tip: ChainTip;
  /** The last block that the log has of each partition: records are made of those behind it. */
  readonly reached: readonly number[];
};

/** What a range came to. */
export type FoldedShare = {
  /** Those of the share's partitions. */
  readonly records: readonly PackedBytes[];
  /** Lines of all shares, of the blocks that were folded now. */
  readonly events: number;
  /** The ledger's time at the last block. */
  readonly ledgerTimeMs: number;
  /** What owners of the share's vehicles erased. */
  readonly erasures: readonly Erased[];
  /** What it cannot go on from: there are no records then. */
  readonly halt?: Halt;
};

/** What a listener halts with, as far as it passes from thread to thread. */
export type Halt = { readonly code: HaltCode; readonly block: number; readonly why: string };

/** Where the fold of a share is. */
export type ShareState = {
  /** What is committed; undefined before the genesis block. */
  readonly height: FoldHeight | undefined;
  /** What was erased and is not finished yet. */
  readonly erased: readonly Erased[];
  /** The newest block that had keys of the market destroyed; -1 where none had. */
  readonly erasedLast: number;
};

/**
 * The fold of a share of the partitions, with a state of its own: vehicles are independent of each other. It takes one
 * call after the other, but for `commit`, beside which it goes on folding.
 */
export type ShareFold = {
  /** Forgets what is folded and not committed. */
  begin(): Promise<ShareState>;
  /** Forgets everything, for a fold from the genesis block on. */
  clear(): Promise<void>;
  /** Folds a range; blocks that it has folded already are passed over. */
  fold(task: FoldTask): Promise<FoldedShare>;
  /** Makes durable what is folded up to the last block of a range; nothing where it is already. */
  commit(block: number): Promise<void>;
  /** Where something was erased: leaves nothing of it in its files; all has to be committed. */
  compact(): Promise<void>;
  /** Forgets keys that were found for a vehicle. */
  forget(vid: Vid): Promise<void>;
  /** Says that all that was erased is finished. */
  finishErased(): Promise<void>;
  close(): Promise<void>;
};
