import { HistoryError } from './history-error.ts';
import type { History } from './history/history.ts';
import { DEFINITIONS } from './views/metrics.ts';

/** Where an answer is exact. */
export type ExactAt = {
  /** `fabric:` and the first 32 hexadecimal digits of the hash of the first block. */
  readonly ledger: string;
  readonly block: number;
  readonly blockHash: string;
  readonly ledgerTime: string;
  readonly definitions: number;
};

/** Where an answer as of a block is exact, the newest one by default. Throws HistoryError. */
export function exactAt({ blocks }: History, atBlock?: number): ExactAt {
  const [genesis] = blocks;
  const block = atBlock === undefined ? blocks.at(-1) : blocks[atBlock];
  if (genesis === undefined || block === undefined) {
    throw new HistoryError('BLOCK_UNKNOWN', `the history has ${blocks.length} blocks`, atBlock);
  }
  return {
    ledger: `fabric:${genesis.hash.slice(0, 32)}`,
    block: block.number,
    blockHash: block.hash,
    ledgerTime: new Date(block.ledgerTimeMs).toISOString(),
    definitions: DEFINITIONS,
  };
}
