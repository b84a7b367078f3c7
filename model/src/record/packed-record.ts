import type { Fact } from '../facts/fact.ts';
import type { LogRow } from '../fold/log-row.ts';

/** Which block it is. */
export type BlockHead = {
  readonly number: number;
  /** SHA-256 of the block's header, hexadecimal. */
  readonly hash: string;
  /** The ledger's time at the block, milliseconds since 1970. */
  readonly ledgerTimeMs: number;
};

/** A block, and how many facts and lines it has for one partition. */
export type BlockCounts = BlockHead & { readonly facts: number; readonly rows: number };

/** What one block has for one partition. */
export type BlockPart = BlockHead & {
  readonly rows: readonly LogRow[];
  /** Summed up by cell and key. */
  readonly facts: readonly Fact[];
};

/** What a range of blocks has for one partition: the unit of the log. */
export type PackedRecord = {
  /** `fabric:<first 32 hex of the genesis block's hash>` (CAIP-2). */
  readonly ledger: string;
  readonly partition: number;
  /** How many there are, for ever. */
  readonly partitions: number;
  /** Blocks of an epoch, for ever. A record does not reach beyond its epoch. */
  readonly epochBlocks: number;
  /** The version of the views' definitions by which facts were made. */
  readonly definitions: number;
  /** Without a gap, in order; one at least. A block that has nothing for the partition is a tick. */
  readonly blocks: readonly BlockPart[];
};

/** Facts of a record as they lie in it: each is a number of a cell, of a key, and what is added. */
export type PackedFacts = {
  readonly blocks: readonly {
    readonly number: number;
    readonly hash: Buffer;
    readonly ledgerTimeMs: number;
    readonly facts: number;
    readonly rows: number;
  }[];
  readonly cells: readonly string[];
  readonly keys: readonly string[];
  readonly factCells: readonly number[];
  readonly factKeys: readonly number[];
  readonly factDeltas: readonly number[];
  /** The vehicles that the record has lines of, each once. */
  readonly vids: readonly string[];
};

/** The epoch that a block is in. */
export function epochOf(block: number, epochBlocks: number): number {
  return Math.floor(block / epochBlocks);
}

/** The last block of an epoch. */
export function lastBlockOf(epoch: number, epochBlocks: number): number {
  return (epoch + 1) * epochBlocks - 1;
}
