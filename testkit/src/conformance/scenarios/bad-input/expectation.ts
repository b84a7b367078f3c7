import { expect } from 'vitest';

import type { Refusal } from '../../client/refusal.ts';

/** What is refused, as data: texts, or patterns where a part of them is not fixed. */
export type ExpectedRefusal = {
  readonly code: string;
  readonly message: string | RegExp;
  readonly details?: readonly { readonly mspId: string; readonly message: string | RegExp }[];
};

/** Compares a refusal with what is expected of it; the order of details plays no part. */
export function expectRefusal(actual: Refusal, expected: ExpectedRefusal): void {
  expect({ ...actual, details: [...actual.details].sort(byMspId) }).toEqual({
    code: expected.code,
    message: matching(expected.message),
    details: (expected.details ?? [])
      .map(({ mspId, message }) => ({ mspId, message: matching(message) }))
      .sort(byMspId),
  });
}

function matching(message: string | RegExp): unknown {
  return typeof message === 'string' ? message : expect.stringMatching(message);
}

function byMspId(left: { readonly mspId: string }, right: { readonly mspId: string }): number {
  return left.mspId.localeCompare(right.mspId);
}
