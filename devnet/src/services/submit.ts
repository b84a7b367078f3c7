import { status } from '@grpc/grpc-js';
import { common, gateway } from '@hyperledger/fabric-protos';

import type { Orderer } from '../ordering/orderer.ts';
import { RpcError } from '../gateway/rpc-error.ts';

/**
 * Hands a signed transaction to the orderer. The answer says that it was taken in, not that it is
 * committed. Source: Fabric, internal/pkg/gateway/submit.go.
 */
export async function submit(
  channelId: string,
  orderer: Orderer,
  request: gateway.SubmitRequest,
): Promise<gateway.SubmitResponse> {
  const envelope = request.getPreparedTransaction();
  if (envelope === undefined) {
    throw new RpcError(status.INVALID_ARGUMENT, 'a prepared transaction is required');
  }
  if (envelope.getSignature_asU8().length === 0) {
    throw new RpcError(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
  }
  const wanted = request.getChannelId();
  if (wanted !== channelId) {
    throw new RpcError(
      status.FAILED_PRECONDITION,
      `failed to get config for channel [${wanted}]: could not get last config for channel ${wanted}`,
    );
  }
  const result = orderer.broadcast(envelope);
  if (result.status === common.Status.SUCCESS) return new gateway.SubmitResponse();
  if (result.status >= 400 && result.status < 500) {
    throw new RpcError(
      status.ABORTED,
      `received unsuccessful response from orderer: status=${statusName(result.status)}, ` +
        `info=${result.info}`,
    );
  }
  throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction');
}

function statusName(code: number): string {
  const entry = Object.entries(common.Status).find(([, value]) => value === code);
  return entry === undefined ? String(code) : entry[0];
}
