import { expect } from 'vitest';

/** A text as it is, or any that fits the pattern: to be compared by `toEqual`. */
export function matching(text: string | RegExp): unknown {
  return typeof text === 'string' ? text : (expect.stringMatching(text) as unknown);
}
