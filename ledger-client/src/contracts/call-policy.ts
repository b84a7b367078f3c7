import { AppError, type RetryClass, type RetryOptions, type RetryPolicy } from '@passport/runtime';

/** How often a contract is called; each limit is for one call. */
export type CallPolicy = {
  /** Attempts at a read, which changes nothing. */
  readonly reads: RetryPolicy;
  /** New transactions for the same command. */
  readonly transactions: RetryPolicy;
  /** Submissions of the same transaction. */
  readonly submissions: RetryPolicy;
};

export const defaultCallPolicy: CallPolicy = {
  // A peer that is slow, or is away for a moment, ends no service: three times five seconds at most.
  reads: { attemptsMax: 3, firstDelayMs: 100, longestDelayMs: 1_000 },
  transactions: { attemptsMax: 8, firstDelayMs: 20, longestDelayMs: 1_000 },
  submissions: { attemptsMax: 4, firstDelayMs: 100, longestDelayMs: 2_000 },
};

/** What waits between attempts: uniform numbers in [0, 1), and what ends the waiting. */
export type Attempts = Pick<RetryOptions, 'random' | 'signal'>;

/** Tries again after errors of these classes. */
export function retriesOf(
  policy: RetryPolicy,
  classes: readonly RetryClass[],
  attempts: Attempts,
): RetryOptions {
  return {
    ...policy,
    ...attempts,
    isRetryable: (error) => error instanceof AppError && classes.includes(error.retry),
  };
}
