import type { Ledger } from '@passport/ledger-client';
import { startTimer } from '@passport/runtime';

import type { BlockSource } from './block-source.ts';

/** Blocks as a peer delivers them, over fabric-gateway. */
export function gatewayBlocks(ledger: Ledger): BlockSource {
  return {
    async *read(from, signal) {
      if (signal.aborted) return;
      const blocks = await ledger.network.getBlockEvents({ startBlock: BigInt(from) });
      const close = (): void => blocks.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        // Closed before anybody reads it, the stream would throw where nobody catches.
        if (hasAborted(signal)) startTimer(0, close);
        yield* blocks;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', close);
        close();
      }
    },
  };
}

/** It may have aborted while the stream was being opened. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
