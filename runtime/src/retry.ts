import { sleep } from './clock.ts';

/** How often and how patiently {@link retry} tries. */
export type RetryPolicy = {
  /** Calls of the operation at most, the first one counted. */
  readonly attemptsMax: number;
  /** Longest pause after the first failure, in milliseconds; it doubles with each failure. */
  readonly firstDelayMs: number;
  /** No pause is longer than this, in milliseconds. */
  readonly longestDelayMs: number;
};

/** What {@link retry} needs besides its policy. */
export type RetryOptions = RetryPolicy & {
  /** Whether another attempt may help; every other error is thrown on at once. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends the waiting and forbids further attempts. */
  readonly signal?: AbortSignal;
  /** Waits between attempts; the process's clock by default. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
};

/**
 * Calls `operation` until it succeeds, fails for good, or the attempts are spent; then throws its
 * last error. Pauses are "full jitter": uniform between nothing and the doubling limit (M. Brooker,
 * Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 */
export async function retry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { attemptsMax, isRetryable, random, signal, wait = sleep } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      if (attempt >= attemptsMax || !isRetryable(error)) throw error;
    }
    await wait(random() * delayLimitMs(options, attempt), signal);
  }
}

/** The longest pause after failure number `failures`, in milliseconds. */
export function delayLimitMs(policy: RetryPolicy, failures: number): number {
  return Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
}
