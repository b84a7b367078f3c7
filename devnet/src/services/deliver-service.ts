import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';

import type { BlockFeed } from '../ledger/block-feed.ts';
import { MembershipError } from '../membership/membership-error.ts';
import type { SignedData } from '../membership/policy.ts';
import type { AccessControl } from './access-control.ts';
import { toFilteredBlock } from './filtered-block.ts';
import { followBlocks } from './follow-blocks.ts';
import { asRpcError, toServiceError } from '../gateway/rpc-error.ts';
import { readSeek, type Seek, type SeekRequest, SeekRefused } from './seek.ts';
import { writeOrWait } from './stream-writer.ts';

type Call = ServerDuplexStream<common.Envelope, peer.DeliverResponse>;
type Respond = (block: common.Block) => peer.DeliverResponse;

/** What the service delivers, and to whom. */
export type DeliverServiceOptions = {
  readonly channelId: string;
  readonly accessControl: AccessControl;
  readonly feed: BlockFeed;
  readonly block: (number: number) => Uint8Array | undefined;
  readonly identityExpiresAt: (identity: Uint8Array) => Date | undefined;
  readonly now: () => Date;
  /** How far a request's timestamp may be from the clock, either way, in milliseconds. */
  readonly timeWindowMs: number;
  readonly onBug: (error: unknown) => void;
};

const { SUCCESS, NOT_FOUND, FORBIDDEN } = common.Status;

/**
 * The service `protos.Deliver`: blocks, whole or filtered, from a position on.
 * Source: Fabric, common/deliver/deliver.go and core/peer/deliverevents.go.
 */
export function deliverService(options: DeliverServiceOptions): UntypedServiceImplementation {
  const handler = (respond: Respond) => (call: Call) => {
    void serve(call, options, respond).then(
      () => call.end(),
      (error: unknown) => {
        call.emit('error', toServiceError(asRpcError(error, options.onBug)));
      },
    );
  };
  return {
    deliver: handler(wholeBlock),
    deliverFiltered: handler(filteredBlock),
    deliverWithPrivateData: handler(blockWithPrivateData),
  };
}

/** Answers request after request on one stream, until the client ends it or one is refused. */
async function serve(call: Call, options: DeliverServiceOptions, respond: Respond): Promise<void> {
  const cancelled = new AbortController();
  call.on('cancelled', () => cancelled.abort());
  // Leaving the loop must not destroy the stream: the status is still on its way out.
  const requests: AsyncIterable<common.Envelope> = call.iterator({ destroyOnReturn: false });
  for await (const envelope of requests) {
    const code = await deliver(call, envelope, options, respond, cancelled.signal);
    if (code === undefined) return;
    await writeOrWait(call, statusResponse(code));
    if (code !== SUCCESS) return;
  }
}

/** The status that ends the request; undefined when the client has gone. */
async function deliver(
  call: Call,
  envelope: common.Envelope,
  options: DeliverServiceOptions,
  respond: Respond,
  signal: AbortSignal,
): Promise<common.StatusMap[keyof common.StatusMap] | undefined> {
  let request: SeekRequest;
  let seek: Seek;
  try {
    request = readSeek(envelope, options.now(), options.timeWindowMs);
    if (request.channelId !== options.channelId) return NOT_FOUND;
    if (!isAuthorized(options, request.signedData)) return FORBIDDEN;
    seek = request.seek(options.feed.height);
  } catch (error) {
    if (error instanceof SeekRefused) return error.status;
    throw error;
  }
  const expiresAt = options.identityExpiresAt(request.signedData.identity);
  const isMissing = (number: number): boolean =>
    seek.failIfNotReady && number >= options.feed.height;
  if (isMissing(seek.first)) return NOT_FOUND;
  for await (const { number, bytes } of followBlocks(options, seek.first, signal)) {
    if (expiresAt !== undefined && options.now() > expiresAt) return FORBIDDEN;
    await writeOrWait(call, respond(common.Block.deserializeBinary(bytes)));
    if (number === seek.last) return SUCCESS;
    if (isMissing(number + 1)) return NOT_FOUND;
  }
  return undefined;
}

function isAuthorized(options: DeliverServiceOptions, signedData: SignedData): boolean {
  const expiresAt = options.identityExpiresAt(signedData.identity);
  if (expiresAt !== undefined && options.now() > expiresAt) return false;
  try {
    options.accessControl.evaluate('/Channel/Application/Readers', options.channelId, signedData);
    return true;
  } catch (error) {
    if (!(error instanceof MembershipError)) throw error;
    // The stream carries a status only, as Fabric's does: why is between client and operator.
    return false;
  }
}

function wholeBlock(block: common.Block): peer.DeliverResponse {
  const response = new peer.DeliverResponse();
  response.setBlock(block);
  return response;
}

function filteredBlock(block: common.Block): peer.DeliverResponse {
  const response = new peer.DeliverResponse();
  response.setFilteredBlock(toFilteredBlock(block));
  return response;
}

/** The devnet has no private data, so every block's map of it is empty. */
function blockWithPrivateData(block: common.Block): peer.DeliverResponse {
  const both = new peer.BlockAndPrivateData();
  both.setBlock(block);
  const response = new peer.DeliverResponse();
  response.setBlockAndPrivateData(both);
  return response;
}

function statusResponse(code: common.StatusMap[keyof common.StatusMap]): peer.DeliverResponse {
  const response = new peer.DeliverResponse();
  response.setStatus(code);
  return response;
}
