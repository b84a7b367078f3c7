import { peer } from '@hyperledger/fabric-protos';
import type { StartTimer } from '@passport/runtime';

import { SimulationError } from '../simulation/simulation-error.ts';
import type { ChaincodeCall, InvokeChaincode } from './chaincode-call.ts';
import { ChaincodeError } from './chaincode-error.ts';
import { OpenQueries } from './open-queries.ts';
import { decode, RequestError, stateRequests } from './state-requests.ts';

const { Type } = peer.ChaincodeMessage;

const typeNames = new Map<number, string>(
  Object.entries(Type).map(([name, number]) => [number, name]),
);

/** What a stream needs of its surroundings. */
export type ChaincodeStreamOptions = {
  /** The name the chaincode must register with: its package id. */
  readonly packageId: string;
  readonly totalQueryLimit: number;
  readonly send: (message: peer.ChaincodeMessage) => void;
  readonly startTimer: StartTimer;
  /** Called when the chaincode can be called. */
  readonly onReady: () => void;
};

/** The chaincode broke the protocol; the stream is of no more use. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** A call that the chaincode has not answered yet. */
type ActiveCall = {
  readonly call: ChaincodeCall;
  readonly invoke: InvokeChaincode;
  readonly queries: OpenQueries;
  readonly complete: (message: peer.ChaincodeMessage) => void;
  readonly fail: (error: ChaincodeError) => void;
  /** True while another chaincode works for this one. */
  isInvoking: boolean;
};

/**
 * The peer's side of one conversation with a chaincode. Requests are answered at once, within
 * `receive`, except for calls of other chaincodes. Source: Fabric, core/chaincode/handler.go.
 */
export class ChaincodeStream {
  readonly #options: ChaincodeStreamOptions;
  readonly #calls = new Map<string, ActiveCall>();
  #state: 'created' | 'ready' | 'ended' = 'created';

  constructor(options: ChaincodeStreamOptions) {
    this.#options = options;
  }

  /** Calls that the chaincode has not answered yet. */
  get activeCalls(): number {
    return this.#calls.size;
  }

  /** Has the chaincode run a call. Rejects with {@link ChaincodeError}. */
  run(call: ChaincodeCall, invoke: InvokeChaincode): Promise<peer.ChaincodeMessage> {
    if (this.#state !== 'ready') return Promise.reject(terminated());
    const id = callId(call.channelId, call.txId);
    if (this.#calls.has(id)) {
      const text = `txid: ${call.txId}(${call.channelId}) exists`;
      return Promise.reject(new ChaincodeError('duplicate-transaction', text));
    }
    if (call.signal?.aborted === true) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      const queries = new OpenQueries();
      const over = (): void => {
        this.#calls.delete(id);
        cancelTimer();
        call.signal?.removeEventListener('abort', abort);
        queries.closeAll();
      };
      const fail = (error: ChaincodeError): void => {
        over();
        reject(error);
      };
      const abort = (): void => fail(aborted());
      const cancelTimer = this.#options.startTimer(call.timeoutMs, () => fail(timedOut()));
      call.signal?.addEventListener('abort', abort);
      const complete = (message: peer.ChaincodeMessage): void => {
        over();
        resolve(message);
      };
      this.#calls.set(id, { call, invoke, queries, complete, fail, isInvoking: false });
      this.#options.send(transactionMessage(call));
    });
  }

  /** Takes a message of the chaincode. Throws {@link ProtocolError} when the stream must end. */
  receive(message: peer.ChaincodeMessage): void {
    const type = message.getType();
    if (type === Type.KEEPALIVE || this.#state === 'ended') return;
    if (this.#state === 'created') {
      if (type !== Type.REGISTER) throw this.#cannotHandle(message);
      this.#register(message);
    } else if (type === Type.COMPLETED || type === Type.ERROR) {
      this.#calls.get(callIdOf(message))?.complete(message);
    } else if (type === Type.INVOKE_CHAINCODE) {
      this.#serveInvocation(message);
    } else {
      this.#serve(message);
    }
  }

  /** The stream has ended: fails all calls that were not answered. */
  end(): void {
    this.#state = 'ended';
    for (const { fail } of this.#calls.values()) fail(terminated());
  }

  #register(message: peer.ChaincodeMessage): void {
    const name = decode(peer.ChaincodeID, message.getPayload_asU8()).getName();
    if (name !== this.#options.packageId) {
      const expected = this.#options.packageId;
      throw new ProtocolError(`chaincode registered as "${name}", expected "${expected}"`);
    }
    this.#sendBare(Type.REGISTERED);
    this.#sendBare(Type.READY);
    this.#state = 'ready';
    this.#options.onReady();
  }

  #sendBare(type: typeof Type.REGISTERED | typeof Type.READY): void {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    this.#options.send(message);
  }

  #serve(request: peer.ChaincodeMessage): void {
    const handler = stateRequests.get(request.getType());
    if (handler === undefined) throw this.#cannotHandle(request);
    const active = this.#calls.get(callIdOf(request));
    // A peer drops a request that comes while one of the same transaction is at work.
    if (active?.isInvoking === true) return;
    try {
      if (active === undefined) throw new RequestError('no ledger context');
      const payload = handler(request.getPayload_asU8(), {
        channelId: active.call.channelId,
        namespace: active.call.chaincodeName,
        simulator: active.call.simulator,
        queries: active.queries,
        totalQueryLimit: this.#options.totalQueryLimit,
      });
      this.#respond(request, payload);
    } catch (error) {
      this.#refuse(request, error);
    }
  }

  #serveInvocation(request: peer.ChaincodeMessage): void {
    const active = this.#calls.get(callIdOf(request));
    if (active?.isInvoking === true) return;
    if (active === undefined) {
      this.#refuse(request, new RequestError('could not get valid transaction'));
      return;
    }
    active.isInvoking = true;
    const answer = (respond: () => void): void => {
      active.isInvoking = false;
      if (this.#state === 'ready') respond();
    };
    this.#invoke(request, active).then(
      (response) => answer(() => this.#respond(request, response.serializeBinary())),
      (error: unknown) => answer(() => this.#refuse(request, error)),
    );
  }

  async #invoke(
    request: peer.ChaincodeMessage,
    { call, invoke }: ActiveCall,
  ): Promise<peer.ChaincodeMessage> {
    const specification = decode(peer.ChaincodeSpec, request.getPayload_asU8());
    const target = specification.getChaincodeId()?.getName() ?? '';
    const input = specification.getInput() ?? new peer.ChaincodeInput();
    return invoke(call, target, input);
  }

  #respond(request: peer.ChaincodeMessage, payload: Uint8Array | undefined): void {
    const response = replyTo(request);
    response.setType(Type.RESPONSE);
    if (payload !== undefined) response.setPayload(payload);
    this.#options.send(response);
  }

  #refuse(request: peer.ChaincodeMessage, error: unknown): void {
    if (!isExpected(error)) throw error;
    const type = typeNames.get(request.getType());
    const text = `${type} failed: transaction ID: ${request.getTxid()}: ${error.message}`;
    const response = replyTo(request);
    response.setType(Type.ERROR);
    response.setPayload(Buffer.from(text));
    this.#options.send(response);
  }

  #cannotHandle(message: peer.ChaincodeMessage): ProtocolError {
    const type = typeNames.get(message.getType()) ?? String(message.getType());
    return new ProtocolError(
      `[${message.getTxid()}] Fabric side handler cannot handle message (${type}) ` +
        `while in ${this.#state} state`,
    );
  }
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof RequestError ||
    error instanceof SimulationError ||
    error instanceof ChaincodeError
  );
}

function transactionMessage(call: ChaincodeCall): peer.ChaincodeMessage {
  const message = new peer.ChaincodeMessage();
  message.setType(Type.TRANSACTION);
  message.setPayload(call.input.serializeBinary());
  message.setTxid(call.txId);
  message.setChannelId(call.channelId);
  message.setProposal(call.signedProposal);
  return message;
}

function replyTo(request: peer.ChaincodeMessage): peer.ChaincodeMessage {
  const reply = new peer.ChaincodeMessage();
  reply.setTxid(request.getTxid());
  reply.setChannelId(request.getChannelId());
  return reply;
}

function callIdOf(message: peer.ChaincodeMessage): string {
  return callId(message.getChannelId(), message.getTxid());
}

function callId(channelId: string, txId: string): string {
  return `${channelId}/${txId}`;
}

function timedOut(): ChaincodeError {
  const text = 'timeout expired while executing transaction';
  return new ChaincodeError('execution-timeout', text);
}

function terminated(): ChaincodeError {
  return new ChaincodeError('stream-terminated', 'chaincode stream terminated');
}

function aborted(): ChaincodeError {
  return new ChaincodeError('aborted', 'the caller gave up on the transaction');
}
