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
      // The signal may have aborted while the stream was opened; closed before anybody reads it, the
      // stream would throw where nobody catches.
      if (signal.aborted) startTimer(0, close);
      try {
        for await (const block of blocks) {
          yield block;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', close);
        close();
      }
    },
  };
}
