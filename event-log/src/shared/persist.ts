import { randomInt } from 'node:crypto';

import { retry, systemNow } from '@passport/runtime';

import { LogUnavailable } from '../log-error.ts';

/** With the pauses below, far more than any outage that is waited for. */
const ATTEMPTS_MAX = 10_000;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;
const RANDOM_STEPS = 2 ** 32;

/** What {@link persist} needs. */
export type PersistOptions = {
  /** What is tried, for the message: `append to log x`. */
  readonly what: string;
  readonly outageMsMax: number;
  /** Whether an error means that the server is away; every other one is thrown on at once. */
  readonly isOutage: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
};

/**
 * Tries until the server is back. Throws {@link LogUnavailable} with the last error when it was away
 * for longer than the limit, counted from the first failure.
 */
export async function persist<T>(
  operation: () => Promise<T>,
  { what, outageMsMax, isOutage, signal }: PersistOptions,
): Promise<T> {
  let failedAt: number | undefined;
  const isRetryable = (error: unknown): boolean => {
    if (!isOutage(error)) return false;
    const now = systemNow().getTime();
    failedAt ??= now;
    return now - failedAt < outageMsMax;
  };
  try {
    return await retry(operation, {
      attemptsMax: ATTEMPTS_MAX,
      firstDelayMs: FIRST_DELAY_MS,
      longestDelayMs: LONGEST_DELAY_MS,
      isRetryable,
      random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true || !isOutage(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LogUnavailable(`cannot ${what} for ${outageMsMax} ms: ${why}`, error);
  }
}
