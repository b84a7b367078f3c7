import { retry } from '@passport/runtime';

import type { ContractCall, Ledger } from '../ledger.ts';
import { type Attempts, type CallPolicy, retriesOf } from './call-policy.ts';

/**
 * What a transaction function answers that changes nothing: asked again while another attempt may help. Throws
 * LedgerError, and the reason of `signal`, which ends the waiting between attempts.
 */
export function readContract(
  ledger: Ledger,
  call: ContractCall,
  { reads }: Pick<CallPolicy, 'reads'>,
  attempts: Attempts,
): Promise<Uint8Array> {
  return retry(() => ledger.evaluate(call), retriesOf(reads, ['same-id', 'new-id'], attempts));
}
