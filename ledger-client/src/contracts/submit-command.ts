import { AppError, retry, type RetryOptions, type RetryPolicy } from '@passport/runtime';

import type { CommittedTransaction, ContractCall, Ledger } from '../ledger.ts';

/** How often a command is tried; each limit is for one command. */
export type CommandPolicy = {
  /** New transactions for the same command. */
  readonly transactions: RetryPolicy;
  /** Submissions of the same transaction. */
  readonly submissions: RetryPolicy;
};

export const defaultCommandPolicy: CommandPolicy = {
  transactions: { attemptsMax: 8, firstDelayMs: 20, longestDelayMs: 1_000 },
  submissions: { attemptsMax: 4, firstDelayMs: 100, longestDelayMs: 2_000 },
};

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
  policy: CommandPolicy,
  random: () => number,
  signal?: AbortSignal,
): Promise<SubmittedCommand> {
  const options = (part: RetryPolicy, classes: readonly string[]): RetryOptions => ({
    ...part,
    random,
    ...(signal === undefined ? {} : { signal }),
    isRetryable: (error) => error instanceof AppError && classes.includes(error.retry),
  });
  return retry(
    async (attempts) => {
      const endorsed = await ledger.endorse(call);
      const submissions = options(policy.submissions, ['same-id']);
      const committed = await retry(() => endorsed.submit(), submissions);
      return { ...committed, attempts };
    },
    options(policy.transactions, ['same-id', 'new-id']),
  );
}
