import { type ErrorCode, PassportError } from '@passport/model';
import { expect } from 'vitest';

import type { TestConsortium } from './test-consortium.ts';

/** Expects that a call is refused with that code and changes nothing; answers the error. */
export async function expectRefusal(
  consortium: Pick<TestConsortium, 'ledger'>,
  code: ErrorCode,
  call: () => Promise<unknown>,
): Promise<PassportError> {
  const before = consortium.ledger.state();
  const error = await call().then(
    (answer) => {
      throw new Error(`not refused, but answered ${JSON.stringify(answer)}`);
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PassportError)) throw error;
  expect(error.code).toBe(code);
  expect(consortium.ledger.state()).toEqual(before);
  return error;
}
