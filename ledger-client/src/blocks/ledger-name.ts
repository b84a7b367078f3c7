import { ledgerId, type LedgerId, parse } from '@passport/model';

import type { Ledger } from '../ledger.ts';
import { headerHash } from './header-hash.ts';

/**
 * The name of a ledger by the hash of its genesis block, hexadecimal: a valid CAIP-2 reference. Throws
 * PassportError `LEDGER_ID_INVALID`.
 */
export function ledgerNameOf(genesisHash: string): LedgerId {
  return parse(ledgerId, `fabric:${genesisHash.slice(0, 32)}`);
}

/**
 * The name of the ledger at the other end, from its genesis block. It does not wait for ever only if
 * `signal` aborts: a peer that cannot be reached delivers nothing. Throws the signal's reason, and what the
 * gateway throws.
 */
export async function readLedgerName(ledger: Ledger, signal: AbortSignal): Promise<LedgerId> {
  signal.throwIfAborted();
  const blocks = await ledger.network.getBlockEvents({ startBlock: 0n });
  const close = (): void => blocks.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    // It may have aborted while the stream was being opened.
    if (signal.aborted) close();
    for await (const block of blocks) {
      const header = block.getHeader();
      if (header === undefined) throw new Error('a block without a header');
      const hash = headerHash({
        number: header.getNumber(),
        previousHash: header.getPreviousHash_asU8(),
        dataHash: header.getDataHash_asU8(),
      });
      return ledgerNameOf(hash.toString('hex'));
    }
    throw new Error('the peer has delivered no block');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
