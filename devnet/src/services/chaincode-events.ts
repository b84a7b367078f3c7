import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { gateway, type orderer, type peer } from '@hyperledger/fabric-protos';

import type { BlockFeed } from '../ledger/block-feed.ts';
import type { TransactionLocation } from '../ledger/store-values.ts';
import type { AccessControl } from './access-control.ts';
import { validEventsOf } from './block-events.ts';
import { followBlocks } from './follow-blocks.ts';
import { RpcError } from '../gateway/rpc-error.ts';
import { writeOrWait } from './stream-writer.ts';

type Call = ServerWritableStream<
  gateway.SignedChaincodeEventsRequest,
  gateway.ChaincodeEventsResponse
>;

/** What a stream of events reads, and who may read it. */
export type ChaincodeEventsOptions = {
  readonly accessControl: AccessControl;
  readonly feed: BlockFeed;
  readonly block: (number: number) => Uint8Array | undefined;
  readonly locate: (txId: string) => TransactionLocation | undefined;
};

/**
 * Streams the events of one chaincode, a message for each block that has any, from a block on and
 * then for ever. Events of invalid transactions are left out.
 * Source: Fabric, internal/pkg/gateway/chaincodeevents.go.
 */
export class ChaincodeEventsStream {
  readonly #options: ChaincodeEventsOptions;

  constructor(options: ChaincodeEventsOptions) {
    this.#options = options;
  }

  async send(call: Call): Promise<void> {
    const request = this.#authorizedRequest(call.request);
    const cancelled = new AbortController();
    call.on('cancelled', () => cancelled.abort());
    const isMatch = eventMatcher(request);
    const first = this.#startBlock(request);
    for await (const { number, bytes } of followBlocks(this.#options, first, cancelled.signal)) {
      const events = validEventsOf(bytes).filter(isMatch);
      if (events.length > 0) await writeOrWait(call, eventsMessage(number, events));
    }
  }

  #authorizedRequest(signed: gateway.SignedChaincodeEventsRequest): gateway.ChaincodeEventsRequest {
    const request = readRequest(signed);
    this.#options.accessControl.check('/Channel/Application/Readers', request.getChannelId(), {
      data: signed.getRequest_asU8(),
      identity: request.getIdentity_asU8(),
      signature: signed.getSignature_asU8(),
    });
    return request;
  }

  #startBlock(request: gateway.ChaincodeEventsRequest): number {
    const after = request.getAfterTransactionId();
    const location = after === '' ? undefined : this.#options.locate(after);
    return location?.block ?? this.#seekBlock(request.getStartPosition());
  }

  #seekBlock(position: orderer.SeekPosition | undefined): number {
    const specified = position?.getSpecified();
    if (specified !== undefined) return specified.getNumber();
    if (position?.hasOldest() === true || position?.hasNewest() === true) {
      const type = position.hasOldest() ? 'Oldest' : 'Newest';
      throw new RpcError(
        status.INVALID_ARGUMENT,
        `invalid start position type: *orderer.SeekPosition_${type}`,
      );
    }
    return this.#options.feed.height;
  }
}

function eventMatcher(
  request: gateway.ChaincodeEventsRequest,
): (event: peer.ChaincodeEvent) => boolean {
  const chaincode = request.getChaincodeId();
  const after = request.getAfterTransactionId();
  let passed = after === '';
  return (event) => {
    if (passed) return event.getChaincodeId() === chaincode;
    passed = event.getTxId() === after;
    return false;
  };
}

function eventsMessage(
  block: number,
  events: peer.ChaincodeEvent[],
): gateway.ChaincodeEventsResponse {
  const response = new gateway.ChaincodeEventsResponse();
  response.setBlockNumber(block);
  response.setEventsList(events);
  return response;
}

function readRequest(signed: gateway.SignedChaincodeEventsRequest): gateway.ChaincodeEventsRequest {
  const bytes = signed.getRequest_asU8();
  if (bytes.length === 0) {
    throw new RpcError(status.INVALID_ARGUMENT, 'a chaincode events request is required');
  }
  try {
    return gateway.ChaincodeEventsRequest.deserializeBinary(bytes);
  } catch (error) {
    throw new RpcError(
      status.INVALID_ARGUMENT,
      `invalid chaincode events request: ${String(error)}`,
    );
  }
}
