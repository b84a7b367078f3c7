import { retry } from '@passport/runtime';

import type { CommittedTransaction, ContractCall, Ledger } from '../ledger.ts';
import { type Attempts, type CallPolicy, retriesOf } from './call-policy.ts';

/** A committed command, and how many transactions it took. */
export type SubmittedCommand = CommittedTransaction & { readonly attempts: number };

/**
 * Submits a command until it is committed. A transaction that conflicts is endorsed again as a new
 * one; one whose fate is not known is submitted again as it is, which counts once. The command id
 * makes the new one safe, too: should the first have gone through after all, it answers the same.
 * Throws LedgerError, and the reason of `signal`, which ends the waiting between attempts.
 */
export function submitCommand(
  ledger: Ledger,
  call: ContractCall,
  policy: Pick<CallPolicy, 'transactions' | 'submissions'>,
  waiting: Attempts,
): Promise<SubmittedCommand> {
  return retry(
    async (attempts) => {
      const endorsed = await ledger.endorse(call);
      const submissions = retriesOf(policy.submissions, ['same-id'], waiting);
      const committed = await retry(() => endorsed.submit(), submissions);
      return { ...committed, attempts };
    },
    retriesOf(policy.transactions, ['same-id', 'new-id'], waiting),
  );
}
