import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import anyProto from 'google-protobuf/google/protobuf/any_pb.js';

import { LedgerRestored } from '../ledger/block-feed.ts';

/** What one peer or orderer said when a call failed: Fabric's gateway.ErrorDetail. */
export type EndpointError = {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
};

/** A failed call, as the client of a Fabric gateway sees it. */
export class RpcError extends Error {
  readonly code: status;
  readonly endpointErrors: readonly EndpointError[];

  constructor(code: status, message: string, endpointErrors: readonly EndpointError[] = []) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.endpointErrors = endpointErrors;
  }
}

/**
 * The error in the form that a gRPC server sends it: endpoint errors travel as google.rpc.Status
 * details in the binary trailer `grpc-status-details-bin`.
 */
export function toServiceError(error: RpcError): ServiceError {
  const metadata = new Metadata();
  if (error.endpointErrors.length > 0) {
    metadata.set('grpc-status-details-bin', Buffer.from(statusDetails(error).serializeBinary()));
  }
  return Object.assign(new Error(error.message), {
    code: error.code,
    details: error.message,
    metadata,
  });
}

/** Any failure as one that a client may see; what is not expected goes to `onBug`, not to it. */
export function asRpcError(error: unknown, onBug: (error: unknown) => void): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof LedgerRestored) return new RpcError(status.ABORTED, error.message);
  onBug(error);
  return new RpcError(status.INTERNAL, 'the devnet failed; see its log');
}

function statusDetails(error: RpcError): google.rpc.Status {
  const details = error.endpointErrors.map((endpointError) => {
    const detail = new gateway.ErrorDetail();
    detail.setAddress(endpointError.address);
    detail.setMspId(endpointError.mspId);
    detail.setMessage(endpointError.message);
    const any = new anyProto.Any();
    any.pack(detail.serializeBinary(), 'gateway.ErrorDetail');
    return any;
  });
  const message = new google.rpc.Status();
  message.setCode(error.code);
  message.setMessage(error.message);
  message.setDetailsList(details);
  return message;
}
