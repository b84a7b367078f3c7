import { status } from '@grpc/grpc-js';
import { GatewayError, type Status, StatusCode } from '@hyperledger/fabric-gateway';
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
  const [code, retry] = chaincode === undefined ? classify(error.code, step) : refusedByChaincode;
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

const refusedByChaincode: Class = ['CHAINCODE_REFUSED', 'never'];

/** Endorsing again, on the state as it is now, may succeed; the old transaction id is spent. */
const conflicts = new Set(['MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT']);

function classify(code: number, step: LedgerStep): Class {
  switch (code) {
    case status.DEADLINE_EXCEEDED:
      return ['LEDGER_TIMEOUT', 'same-id'];
    case status.UNAVAILABLE:
    case status.RESOURCE_EXHAUSTED:
    case status.CANCELLED:
      return ['LEDGER_UNAVAILABLE', 'same-id'];
    case status.ABORTED:
      // An endorser that lost its chaincode says so; an orderer's answer 4xx is its last word.
      return isBeforeSubmit(step) ? ['ENDORSEMENT_FAILED', 'same-id'] : ['LEDGER_REFUSED', 'never'];
    case status.UNKNOWN:
    case status.INTERNAL:
      return isBeforeSubmit(step)
        ? ['ENDORSEMENT_FAILED', 'never']
        : ['LEDGER_UNAVAILABLE', 'same-id'];
    default:
      return ['LEDGER_REFUSED', 'never'];
  }
}

function isBeforeSubmit(step: LedgerStep): boolean {
  return step === 'evaluate' || step === 'endorse';
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
