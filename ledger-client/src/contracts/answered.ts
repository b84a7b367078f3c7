import { isErrorCode, PassportError } from '@passport/model';

import { LedgerError } from '../ledger-error.ts';

/**
 * Calls the ledger for somebody who knows the catalogue of errors and not Fabric: throws PassportError as the
 * contract did, and `NOT_READY` where the ledger does not answer.
 */
export async function answered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message } = error.chaincode ?? {};
    const known = code !== undefined && isErrorCode(code) ? code : 'NOT_READY';
    const detail =
      known === code ? (message ?? known) : `the ledger does not answer: ${error.code}`;
    const failure = new PassportError(known, detail);
    failure.cause = error;
    throw failure;
  }
}
