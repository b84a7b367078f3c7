import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';

import type { BlockFeed } from '../ledger/block-feed.ts';
import type { TransactionLocation } from '../ledger/store-values.ts';
import type { AccessControl } from './access-control.ts';
import { RpcError } from '../gateway/rpc-error.ts';

/** Where transactions are found, and who may ask. */
export type CommitStatusOptions = {
  readonly channelId: string;
  readonly accessControl: AccessControl;
  readonly feed: BlockFeed;
  readonly locate: (txId: string) => TransactionLocation | undefined;
};

/**
 * Answers in which block, and with which validation code, a transaction was committed; waits for
 * it until the caller gives up. Source: Fabric, internal/pkg/gateway/commitstatus.go.
 */
export class CommitStatusFinder {
  readonly #options: CommitStatusOptions;

  constructor(options: CommitStatusOptions) {
    this.#options = options;
  }

  async find(
    signed: gateway.SignedCommitStatusRequest,
    signal: AbortSignal,
  ): Promise<gateway.CommitStatusResponse> {
    const request = readRequest(signed);
    this.#options.accessControl.check('/Channel/Application/Readers', request.getChannelId(), {
      data: signed.getRequest_asU8(),
      identity: request.getIdentity_asU8(),
      signature: signed.getSignature_asU8(),
    });
    const location = await this.#locate(request.getTransactionId(), signal);
    const response = new gateway.CommitStatusResponse();
    response.setBlockNumber(location.block);
    response.setResult(location.code as Parameters<typeof response.setResult>[0]);
    return response;
  }

  async #locate(txId: string, signal: AbortSignal): Promise<TransactionLocation> {
    const { feed, locate } = this.#options;
    const { life } = feed;
    for (;;) {
      const next = feed.height;
      const location = locate(txId);
      if (location !== undefined) return location;
      if (!(await feed.waitFor(next, signal, life))) {
        throw new RpcError(status.DEADLINE_EXCEEDED, 'context deadline exceeded');
      }
    }
  }
}

function readRequest(signed: gateway.SignedCommitStatusRequest): gateway.CommitStatusRequest {
  const bytes = signed.getRequest_asU8();
  if (bytes.length === 0) {
    throw new RpcError(status.INVALID_ARGUMENT, 'a commit status request is required');
  }
  try {
    return gateway.CommitStatusRequest.deserializeBinary(bytes);
  } catch (error) {
    throw new RpcError(status.INVALID_ARGUMENT, `invalid status request: ${String(error)}`);
  }
}
