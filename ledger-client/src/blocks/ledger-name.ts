import { ledgerId, type LedgerId, parse } from '@passport/model';

import type { Ledger } from '../ledger.ts';
import { readBlocks } from './read-blocks.ts';

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
  const [genesis] = await readBlocks(ledger, 0n, 0n, signal);
  if (genesis === undefined) throw new Error('the peer has delivered no block');
  return ledgerNameOf(genesis.hash);
}
