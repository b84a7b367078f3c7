import { describe, expect, test } from 'vitest';

import { retry, type RetryOptions } from './retry.ts';

function optionsWith(pauses: number[], changes: Partial<RetryOptions> = {}): RetryOptions {
  return {
    attemptsMax: 5,
    firstDelayMs: 100,
    longestDelayMs: 300,
    isRetryable: () => true,
    random: () => 0.5,
    wait: async (ms) => {
      pauses.push(ms);
    },
    ...changes,
  };
}

describe('retry', () => {
  test('answers with the first success', async () => {
    const pauses: number[] = [];

    const result = await retry(async (attempt) => {
      if (attempt < 3) throw new Error('not yet');
      return attempt;
    }, optionsWith(pauses));

    expect(result).toBe(3);
    expect(pauses).toEqual([50, 100]);
  });

  test('throws the last error when the attempts are spent, with pauses up to the longest', async () => {
    const pauses: number[] = [];

    const failing = retry(async (attempt) => {
      throw new Error(`failure ${attempt}`);
    }, optionsWith(pauses));

    await expect(failing).rejects.toThrow('failure 5');
    expect(pauses).toEqual([50, 100, 150, 150]);
  });

  test('throws an error at once that another attempt cannot help', async () => {
    const pauses: number[] = [];

    const failing = retry(
      async () => {
        throw new Error('refused');
      },
      optionsWith(pauses, { isRetryable: () => false }),
    );

    await expect(failing).rejects.toThrow('refused');
    expect(pauses).toEqual([]);
  });

  test('stops waiting when its signal aborts', async () => {
    const controller = new AbortController();
    const { wait: _, ...options } = optionsWith([], {
      firstDelayMs: 60_000,
      longestDelayMs: 60_000,
      signal: controller.signal,
    });
    const failing = retry(async () => {
      throw new Error('refused');
    }, options);

    controller.abort(new Error('enough'));

    await expect(failing).rejects.toThrow('enough');
  });
});
