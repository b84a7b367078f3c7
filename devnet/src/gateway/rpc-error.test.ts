import { status } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import { describe, expect, test } from 'vitest';

import { LedgerRestored } from '../ledger/block-feed.ts';
import { asRpcError, RpcError, toServiceError } from './rpc-error.ts';

/** The details of a call's error, read as @hyperledger/fabric-gateway reads them. */
function detailsOf(error: RpcError): gateway.ErrorDetail.AsObject[] {
  return toServiceError(error)
    .metadata.get('grpc-status-details-bin')
    .flatMap((bytes) => google.rpc.Status.deserializeBinary(Buffer.from(bytes)).getDetailsList())
    .map((any) => gateway.ErrorDetail.deserializeBinary(any.getValue_asU8()).toObject());
}

describe('an error on its way to a client', () => {
  test('keeps code and text, and carries what each endpoint said', () => {
    const endpoints = [
      { address: 'peer0.org1', mspId: 'Org1MSP', message: 'chaincode \u00fc' },
      { address: 'peer0.org2', mspId: 'Org2MSP', message: 'down' },
    ];
    const error = new RpcError(status.ABORTED, 'failed to endorse', endpoints);
    expect(toServiceError(error)).toMatchObject({
      code: status.ABORTED,
      details: 'failed to endorse',
      message: 'failed to endorse',
    });
    expect(detailsOf(error)).toEqual(endpoints);
  });

  test('has no details where no endpoint said anything', () => {
    const { metadata } = toServiceError(new RpcError(status.UNAVAILABLE, 'none'));
    expect(metadata.get('grpc-status-details-bin')).toEqual([]);
  });
});

describe('asRpcError', () => {
  test('a restored ledger is ABORTED; what nobody expects goes to the operator only', () => {
    const bugs: unknown[] = [];
    const known = new RpcError(status.NOT_FOUND, 'x');
    expect(asRpcError(known, (bug) => bugs.push(bug))).toBe(known);
    expect(asRpcError(new LedgerRestored(), (bug) => bugs.push(bug)).code).toBe(status.ABORTED);
    expect(bugs).toEqual([]);
    const bug = new TypeError('secret');
    const told = asRpcError(bug, (found) => bugs.push(found));
    expect(told).toMatchObject({ code: status.INTERNAL });
    expect(told.message).not.toContain('secret');
    expect(bugs).toEqual([bug]);
  });
});
