import type { Ledger } from '../ledger.ts';
import { type BlockSummary, summarise } from './block-summary.ts';

/**
 * The blocks of these numbers, both included, as the member's peer has them. It waits for those that are not cut yet, and not
 * for ever only if `signal` aborts. Throws the signal's reason, what the gateway throws, and an Error where a block does
 * not name the hash of the one before it.
 */
export async function readBlocks(
  ledger: Pick<Ledger, 'network'>,
  first: bigint,
  last: bigint,
  signal: AbortSignal,
): Promise<BlockSummary[]> {
  signal.throwIfAborted();
  const read: BlockSummary[] = [];
  const blocks = await ledger.network.getBlockEvents({ startBlock: first });
  const close = (): void => blocks.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    // It may have aborted while the stream was being opened.
    if (signal.aborted) close();
    for await (const block of blocks) {
      const summary = summarise(block);
      const before = read.at(-1);
      if (before !== undefined && before.hash !== summary.previousHash) {
        throw new Error(`block ${summary.number} does not follow from block ${before.number}`);
      }
      read.push(summary);
      if (summary.number >= last) return read;
    }
    signal.throwIfAborted();
    throw new Error('the peer has ended the stream of blocks');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
