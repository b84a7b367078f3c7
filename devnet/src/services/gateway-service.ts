import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';

import type { EndorsementCollector } from '../gateway/endorsement-collector.ts';
import type { Orderer } from '../ordering/orderer.ts';
import { withDeadline } from './call-deadline.ts';
import type { ChaincodeEventsStream } from './chaincode-events.ts';
import type { CommitStatusFinder } from './commit-status.ts';
import { readProposedCall, type ProposedCall } from './proposed-call.ts';
import { asRpcError, RpcError, toServiceError } from '../gateway/rpc-error.ts';
import { submit } from './submit.ts';

/** What a gateway hands its calls to. */
export type GatewayServiceOptions = {
  readonly channelId: string;
  readonly localMspId: string;
  readonly collector: EndorsementCollector;
  readonly orderer: Orderer;
  readonly commitStatus: CommitStatusFinder;
  readonly chaincodeEvents: ChaincodeEventsStream;
  /** Calls under way at once, over all methods; more are refused, as a peer's limiter does. */
  readonly concurrencyMax: number;
  readonly onBug: (error: unknown) => void;
};

/**
 * The service `gateway.Gateway` of one organisation's peer.
 * Source: Fabric, internal/pkg/gateway and fabric-protos gateway/gateway.proto.
 */
export function gatewayService(options: GatewayServiceOptions): UntypedServiceImplementation {
  const limiter = new Limiter(options.concurrencyMax);
  const unary = <Request, Response>(
    work: (request: Request, signal: AbortSignal) => Promise<Response>,
  ): handleUnaryCall<Request, Response> => {
    return (call, callback) => {
      void answer(call, limiter, work).then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(asRpcError(error, options.onBug))),
      );
    };
  };
  const events: handleServerStreamingCall<
    gateway.SignedChaincodeEventsRequest,
    gateway.ChaincodeEventsResponse
  > = (call) => {
    void limiter
      .run(() => options.chaincodeEvents.send(call))
      .then(
        () => call.end(),
        (error: unknown) => {
          call.emit('error', toServiceError(asRpcError(error, options.onBug)));
        },
      );
  };
  return {
    evaluate: unary((request: gateway.EvaluateRequest, signal) =>
      withDeadline(evaluate(options, request), signal, 'evaluate timeout expired'),
    ),
    endorse: unary((request: gateway.EndorseRequest, signal) =>
      withDeadline(
        endorse(options, request),
        signal,
        'endorsement timeout expired while collecting endorsements',
      ),
    ),
    submit: unary((request: gateway.SubmitRequest) =>
      submit(options.channelId, options.orderer, request),
    ),
    commitStatus: unary((request: gateway.SignedCommitStatusRequest, signal) =>
      options.commitStatus.find(request, signal),
    ),
    chaincodeEvents: events,
  };
}

async function evaluate(
  options: GatewayServiceOptions,
  request: gateway.EvaluateRequest,
): Promise<gateway.EvaluateResponse> {
  const signedProposal = request.getProposedTransaction() ?? new peer.SignedProposal();
  const call = readEvaluatedCall(signedProposal);
  const targets = request.getTargetOrganizationsList();
  const mspIds = targets.length === 0 && call.hasTransient ? [options.localMspId] : targets;
  const outcome = await options.collector.evaluate({ ...call, signedProposal }, mspIds);
  const response = new gateway.EvaluateResponse();
  response.setResult(evaluatedResult(outcome));
  return response;
}

async function endorse(
  options: GatewayServiceOptions,
  request: gateway.EndorseRequest,
): Promise<gateway.EndorseResponse> {
  const signedProposal = request.getProposedTransaction() ?? new peer.SignedProposal();
  if (signedProposal.getProposalBytes_asU8().length === 0) {
    throw new RpcError(
      status.INVALID_ARGUMENT,
      'the proposed transaction must contain a signed proposal',
    );
  }
  const call = readProposedCall(signedProposal);
  const envelope = await options.collector.endorse(
    { ...call, signedProposal },
    request.getEndorsingOrganizationsList(),
  );
  const response = new gateway.EndorseResponse();
  response.setPreparedTransaction(envelope);
  return response;
}

function readEvaluatedCall(signedProposal: peer.SignedProposal): ProposedCall {
  try {
    if (signedProposal.getProposalBytes_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'a signed proposal is required');
    }
    const call = readProposedCall(signedProposal);
    if (call.channel === '') {
      throw new RpcError(status.INVALID_ARGUMENT, 'no channel id provided');
    }
    if (call.chaincode === '') {
      const what = call.missing ?? 'chaincode name';
      throw new RpcError(
        status.INVALID_ARGUMENT,
        `no ${what} is provided, channel id [${call.channel}]`,
      );
    }
    return call;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(
      status.INVALID_ARGUMENT,
      `failed to unpack transaction proposal: ${error.message}`,
    );
  }
}

/** The result is in what was endorsed; the response's own payload need not be it. */
function evaluatedResult(outcome: peer.ProposalResponse): peer.Response {
  const response = outcome.getResponse() ?? new peer.Response();
  const payload = peer.ProposalResponsePayload.deserializeBinary(outcome.getPayload_asU8());
  const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
  response.setPayload(action.getResponse()?.getPayload_asU8() ?? new Uint8Array(0));
  return response;
}

async function answer<Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  limiter: Limiter,
  work: (request: Request, signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const cancelled = new AbortController();
  call.on('cancelled', () => cancelled.abort());
  return limiter.run(() => work(call.request, cancelled.signal));
}

/** Source of the text: Fabric, internal/peer/node/grpc_limiters.go. */
class Limiter {
  readonly #max: number;
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#max) {
      throw new RpcError(
        status.UNKNOWN,
        `too many requests for /gateway.Gateway, exceeding concurrency limit (${this.#max})`,
      );
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
