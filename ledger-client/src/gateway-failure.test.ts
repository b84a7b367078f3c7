import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { describe, expect, test } from 'vitest';

import { fromGateway, fromValidation } from './gateway-failure.ts';
import type { LedgerStep } from './ledger-error.ts';

function gatewayError(code: status, text: string, ...said: string[]): GatewayError {
  const cause: ServiceError = Object.assign(new Error(`${code} ${status[code]}: ${text}`), {
    code,
    details: text,
    metadata: new Metadata(),
  });
  const details = said.map((message) => ({ address: 'peer0:7051', mspId: 'MakerMSP', message }));
  return new GatewayError({ code, details, cause, message: cause.message });
}

describe('fromGateway', () => {
  test('takes code and message of the chaincode out of what an endorser said', () => {
    const error = gatewayError(
      status.ABORTED,
      'failed to endorse transaction, see attached details for more info',
      'chaincode response 500, PASSPORT_VEHICLE_UNKNOWN: no vehicle abc',
    );

    expect(fromGateway(error, 'endorse', 'f00d')).toMatchObject({
      message: 'endorse failed: PASSPORT_VEHICLE_UNKNOWN: no vehicle abc',
      code: 'CHAINCODE_REFUSED',
      retry: 'never',
      transactionId: 'f00d',
      chaincode: { status: 500, code: 'PASSPORT_VEHICLE_UNKNOWN', message: 'no vehicle abc' },
      endpoints: error.details,
    });
  });

  test('takes a message without a code as it is, however many lines it has', () => {
    const error = gatewayError(status.UNKNOWN, 'chaincode response 404, Error: one\ntwo');

    expect(fromGateway(error, 'evaluate')).toMatchObject({
      chaincode: { status: 404, message: 'Error: one\ntwo' },
    });
  });

  test.each<[status, LedgerStep, string, string]>([
    [status.DEADLINE_EXCEEDED, 'endorse', 'LEDGER_TIMEOUT', 'same-id'],
    [status.DEADLINE_EXCEEDED, 'commit', 'LEDGER_TIMEOUT', 'same-id'],
    [status.UNAVAILABLE, 'submit', 'LEDGER_UNAVAILABLE', 'same-id'],
    [status.RESOURCE_EXHAUSTED, 'evaluate', 'LEDGER_UNAVAILABLE', 'same-id'],
    [status.ABORTED, 'endorse', 'ENDORSEMENT_FAILED', 'same-id'],
    [status.ABORTED, 'submit', 'LEDGER_REFUSED', 'never'],
    [status.INTERNAL, 'endorse', 'ENDORSEMENT_FAILED', 'never'],
    [status.INTERNAL, 'submit', 'LEDGER_UNAVAILABLE', 'same-id'],
    [status.PERMISSION_DENIED, 'commit', 'LEDGER_REFUSED', 'never'],
    [status.INVALID_ARGUMENT, 'endorse', 'LEDGER_REFUSED', 'never'],
  ])('gRPC status %s of %s is %s, retry %s', (code, step, expected, retry) => {
    const error = gatewayError(code, 'no');

    expect(fromGateway(error, step)).toMatchObject({ code: expected, retry, step });
  });

  test('leaves a bug what it is', () => {
    const bug = new TypeError('undefined is not a function');

    expect(fromGateway(bug, 'submit')).toBe(bug);
  });
});

describe('fromValidation', () => {
  test.each([
    ['MVCC_READ_CONFLICT', 'TRANSACTION_CONFLICT', 'new-id'],
    ['PHANTOM_READ_CONFLICT', 'TRANSACTION_CONFLICT', 'new-id'],
    ['ENDORSEMENT_POLICY_FAILURE', 'TRANSACTION_INVALID', 'never'],
    ['DUPLICATE_TXID', 'TRANSACTION_INVALID', 'never'],
  ] as const)('%s is %s, retry %s', (validationCode, code, retry) => {
    const error = fromValidation({
      code: StatusCode[validationCode],
      blockNumber: 7n,
      successful: false,
      transactionId: 'f00d',
    });

    expect(error).toMatchObject({ code, retry, validationCode, transactionId: 'f00d' });
    expect(error.message).toBe(`the transaction is invalid in block 7: ${validationCode}`);
  });
});
