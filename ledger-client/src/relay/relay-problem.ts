import { errorCatalogue, isErrorCode, PassportError } from '@passport/model';

import { LedgerError, type LedgerErrorCode } from '../ledger-error.ts';

/** A failure of a relay as HTTP tells it (RFC 9457). */
export type RelayProblem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
};

/** How HTTP tells what the ledger's own calls fail with: 503 may be sent again as it is. */
const ledgerStatus: Readonly<Record<LedgerErrorCode, number>> = {
  CHAINCODE_REFUSED: 502,
  ENDORSEMENT_FAILED: 502,
  TRANSACTION_CONFLICT: 409,
  TRANSACTION_INVALID: 502,
  LEDGER_TIMEOUT: 503,
  LEDGER_UNAVAILABLE: 503,
  LEDGER_REFUSED: 502,
};

/** The problem that an expected failure is; undefined of a bug. What a contract refused with keeps its code. */
export function relayProblemOf(error: unknown): RelayProblem | undefined {
  if (error instanceof PassportError) return ofCatalogue(error.code, error.detail);
  if (!(error instanceof LedgerError)) return undefined;
  const { code, message } = error.chaincode ?? {};
  if (code !== undefined && isErrorCode(code)) return ofCatalogue(code, message ?? '');
  const own = error.code as LedgerErrorCode;
  return {
    ...{ type: `urn:passport:${own.toLowerCase()}`, title: 'The ledger did not take it.' },
    // What peers say among themselves is for logs.
    ...{ status: ledgerStatus[own], code: own, detail: `it failed at the step ${error.step}` },
  };
}

function ofCatalogue(code: PassportError['code'], detail: string): RelayProblem {
  const { status, means } = errorCatalogue[code];
  return { type: `urn:passport:${code.toLowerCase()}`, title: means, status, code, detail };
}
