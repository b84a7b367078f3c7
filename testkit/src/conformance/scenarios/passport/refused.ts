import { LedgerError } from '@passport/ledger-client';
import type { ErrorCode } from '@passport/model';
import { expect } from 'vitest';

/** Expects that the contracts refuse a call with that code, in the words of the gateway. */
export async function expectRefused(call: Promise<unknown>, code: ErrorCode): Promise<LedgerError> {
  const error = await call.then(
    (answer) => {
      throw new Error(`not refused, but answered ${JSON.stringify(answer)}`);
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LedgerError)) throw error;
  expect({
    code: error.code,
    chaincode: error.chaincode?.code,
    status: error.chaincode?.status,
  }).toEqual({ code: 'CHAINCODE_REFUSED', chaincode: code, status: 500 });
  return error;
}
