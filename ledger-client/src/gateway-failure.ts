import { status } from '@grpc/grpc-js';
import { GatewayError, type Status, StatusCode } from '@hyperledger/fabric-gateway';
import { errorCatalogue, isErrorCode } from '@passport/model';
import type { RetryClass } from '@passport/runtime';

import {
  type ChaincodeError,
  LedgerError,
  type LedgerErrorCode,
  type LedgerStep,
} from './ledger-error.ts';

/**
 * An error of fabric-gateway as a {@link LedgerError}; any other error, a bug, stays what it is.
 */
export function fromGateway(error: unknown, step: LedgerStep, transactionId?: string): unknown {
  if (!(error instanceof GatewayError)) return error;
  const endpoints = error.details;
  const chaincode = findChaincodeError([
    ...endpoints.map(({ message }) => message),
    error.cause.details,
  ]);
  const [code, retry] =
    chaincode === undefined ? classify(error.code, step) : refusedByChaincode(chaincode);
  const said = chaincode?.message ?? endpoints[0]?.message ?? error.cause.details;
  return new LedgerError(`${step} failed: ${chaincode?.code ?? code}: ${said}`, {
    step,
    code,
    retry,
    endpoints,
    cause: error,
    ...(chaincode === undefined ? {} : { chaincode }),
    ...(transactionId === undefined ? {} : { transactionId }),
  });
}

/** The error of a transaction that is in a block and was marked invalid. */
export function fromValidation({ code, blockNumber, transactionId }: Status): LedgerError {
  const validationCode = nameOfValidationCode(code);
  const isConflict = conflicts.has(validationCode);
  return new LedgerError(`the transaction is invalid in block ${blockNumber}: ${validationCode}`, {
    step: 'commit',
    code: isConflict ? 'TRANSACTION_CONFLICT' : 'TRANSACTION_INVALID',
    retry: isConflict ? 'new-id' : 'never',
    transactionId,
    validationCode,
  });
}

type Class = readonly [code: LedgerErrorCode, retry: RetryClass];

/** The catalogue says what may be tried again after an error of the contracts. */
function refusedByChaincode({ code = '' }: ChaincodeError): Class {
  return ['CHAINCODE_REFUSED', isErrorCode(code) ? errorCatalogue[code].retry : 'never'];
}

/** Endorsing again, on the state as it is now, may succeed; the old transaction id is spent. */
const conflicts = new Set(['MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT']);

const timeout: Class = ['LEDGER_TIMEOUT', 'same-id'];
const unavailable: Class = ['LEDGER_UNAVAILABLE', 'same-id'];
const refused: Class = ['LEDGER_REFUSED', 'never'];

/**
 * By gRPC status: the class while nothing can have happened (evaluate, endorse), and the class once
 * the transaction may be with the orderer. Every other status is a refusal.
 */
const classes: ReadonlyMap<number, readonly [before: Class, after: Class]> = new Map([
  [status.DEADLINE_EXCEEDED, [timeout, timeout]],
  [status.UNAVAILABLE, [unavailable, unavailable]],
  [status.RESOURCE_EXHAUSTED, [unavailable, unavailable]],
  [status.CANCELLED, [unavailable, unavailable]],
  // A peer that lost its chaincode says so; the orderer's answer 4xx is its last word.
  [status.ABORTED, [['ENDORSEMENT_FAILED', 'same-id'], refused]],
  [status.UNKNOWN, [['ENDORSEMENT_FAILED', 'never'], unavailable]],
  [status.INTERNAL, [['ENDORSEMENT_FAILED', 'never'], unavailable]],
]);

function classify(code: number, step: LedgerStep): Class {
  const [before, after] = classes.get(code) ?? [refused, refused];
  return step === 'evaluate' || step === 'endorse' ? before : after;
}

/** How a peer's gateway words an error that the chaincode answered with (Fabric 2.5). */
const chaincodeResponse = /chaincode response (\d+), (?:([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): )?([^]*)$/;

function findChaincodeError(messages: readonly string[]): ChaincodeError | undefined {
  for (const text of messages) {
    const [, statusText, code, message] = chaincodeResponse.exec(text) ?? [];
    if (statusText === undefined || message === undefined) continue;
    return { status: Number(statusText), message, ...(code === undefined ? {} : { code }) };
  }
  return undefined;
}

function nameOfValidationCode(code: number): string {
  const known = Object.entries(StatusCode).find(([, value]) => value === code);
  return known?.[0] ?? String(code);
}
