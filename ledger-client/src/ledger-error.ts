import { AppError, type RetryClass } from '@passport/runtime';

/** The step of a transaction that failed. */
export type LedgerStep = 'evaluate' | 'endorse' | 'submit' | 'commit';

/**
 * What went wrong, in terms that stay:
 * - `CHAINCODE_REFUSED`: the chaincode answered with an error;
 * - `ENDORSEMENT_FAILED`: peers could not run it, or their results differ; nothing was submitted;
 * - `TRANSACTION_CONFLICT`: another transaction changed what this one had read;
 * - `TRANSACTION_INVALID`: it is in a block, and marked invalid for another reason;
 * - `LEDGER_TIMEOUT`, `LEDGER_UNAVAILABLE`: no answer; after `submit` it may have happened;
 * - `LEDGER_REFUSED`: the peer or the orderer will not have the request.
 */
export type LedgerErrorCode =
  | 'CHAINCODE_REFUSED'
  | 'ENDORSEMENT_FAILED'
  | 'TRANSACTION_CONFLICT'
  | 'TRANSACTION_INVALID'
  | 'LEDGER_TIMEOUT'
  | 'LEDGER_UNAVAILABLE'
  | 'LEDGER_REFUSED';

/** An error that the chaincode answered with. */
export type ChaincodeError = {
  /** Of its response; Fabric takes 400 and above as an error, the shims answer 500. */
  readonly status: number;
  /** Its own code, when its message begins with one: `PASSPORT_VEHICLE_UNKNOWN: …`. */
  readonly code?: string;
  /** Without the code. */
  readonly message: string;
};

/** What one peer or orderer said. */
export type EndpointMessage = {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
};

/** What is known of a failure besides its message. */
export type LedgerFailure = {
  readonly step: LedgerStep;
  readonly code: LedgerErrorCode;
  readonly retry: RetryClass;
  readonly transactionId?: string;
  readonly chaincode?: ChaincodeError;
  /** Fabric's name of the validation code, such as MVCC_READ_CONFLICT. */
  readonly validationCode?: string;
  readonly endpoints?: readonly EndpointMessage[];
  readonly cause?: unknown;
};

/** A call of the ledger that failed as calls do; its `code` is a {@link LedgerErrorCode}. */
export class LedgerError extends AppError {
  readonly step: LedgerStep;
  readonly transactionId: string | undefined;
  readonly chaincode: ChaincodeError | undefined;
  readonly validationCode: string | undefined;
  readonly endpoints: readonly EndpointMessage[];

  constructor(message: string, failure: LedgerFailure) {
    super(message, failure);
    this.step = failure.step;
    this.transactionId = failure.transactionId;
    this.chaincode = failure.chaincode;
    this.validationCode = failure.validationCode;
    this.endpoints = failure.endpoints ?? [];
  }
}
