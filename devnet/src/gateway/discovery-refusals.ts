import { status } from '@grpc/grpc-js';

import { RpcError } from './rpc-error.ts';

/** What discovery says of a chaincode, or a channel, that it knows nothing of. */
export function noMetadata(chaincode: string, channel: string): RpcError {
  return unsatisfiable(`No metadata was found for chaincode ${chaincode} in channel ${channel}`);
}

/** Discovery finds no peers for a transaction. Source: Fabric, discovery/endorsement. */
export function unsatisfiable(reason: string): RpcError {
  return new RpcError(
    status.FAILED_PRECONDITION,
    `no combination of peers can be derived which satisfy the endorsement policy: ${reason}`,
  );
}

/** A channel that the gateway's peer has not joined. */
export function unknownChannel(
  call: { readonly channel: string; readonly chaincode: string },
  endorsingMspIds: readonly string[],
): RpcError {
  if (endorsingMspIds.length > 0) {
    const mspIds = endorsingMspIds.join(', ');
    return new RpcError(
      status.UNAVAILABLE,
      `failed to find any endorsing peers for org(s): ${mspIds}`,
    );
  }
  // To a proposal without a channel Fabric's gateway has nothing to say.
  if (call.channel === '') return new RpcError(status.FAILED_PRECONDITION, '');
  return noMetadata(call.chaincode, call.channel);
}
