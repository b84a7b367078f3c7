import type { BlockFeed } from '../ledger/block-feed.ts';

/** Where blocks come from. */
export type BlockSource = {
  readonly feed: BlockFeed;
  readonly block: (number: number) => Uint8Array | undefined;
};

/**
 * The blocks of the chain from a number on, for ever, until the signal aborts.
 * Throws LedgerRestored when the ledger is put back meanwhile.
 */
export async function* followBlocks(
  source: BlockSource,
  first: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly number: number; readonly bytes: Uint8Array }, void> {
  const { life } = source.feed;
  for (let number = first; await source.feed.waitFor(number, signal, life); number += 1) {
    // Between the wait and here the ledger may have been restored.
    life.throwIfAborted();
    const bytes = source.block(number);
    if (bytes === undefined) throw new Error(`block ${number} is not in the store`);
    yield { number, bytes };
  }
}
