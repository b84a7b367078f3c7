import { peer } from '@hyperledger/fabric-protos';

import type { TransactionSimulator } from '../simulation/transaction-simulator.ts';
import type { Chaincode, ChaincodeCall } from './chaincode-call.ts';
import { ChaincodeError } from './chaincode-error.ts';
import { decode } from './state-requests.ts';

const { Type } = peer.ChaincodeMessage;

/** Responses of this status and above carry no event (Fabric, core/endorser/endorser.go). */
const ERROR_THRESHOLD = 400;

/** What a transaction's chaincode answered. */
export type ChaincodeResult = {
  readonly response: peer.Response;
  /** The event it set, with its name and the transaction's id; none where it failed. */
  readonly event: peer.ChaincodeEvent | undefined;
};

/** A simulation on another channel, and what is to be done when it is over. */
export type OtherChannel = {
  readonly simulator: TransactionSimulator;
  close(): void;
};

export type ChaincodeSupportOptions = {
  /**
   * The chaincode of a call. Throws ChaincodeError `invalid-invocation` where it is not defined
   * or the caller may not call it. Reads that the lookup makes of the ledger go through the
   * call's simulator, so that they are part of the transaction, as in a peer.
   */
  readonly find: (call: ChaincodeCall) => Chaincode;
  /** Opens a simulation on another channel, which is thrown away; undefined: no such channel. */
  readonly openChannel: (channelId: string, txId: string) => OtherChannel | undefined;
};

/**
 * Runs chaincodes, and lets them call each other: on the same channel within the caller's
 * transaction, on another one to read only. Source: Fabric, core/chaincode/chaincode_support.go
 * and handler.go.
 */
export class ChaincodeSupport {
  readonly #options: ChaincodeSupportOptions;

  constructor(options: ChaincodeSupportOptions) {
    this.#options = options;
  }

  /**
   * Runs the chaincode that a proposal names. A failing chaincode still has a response; where
   * there is none, rejects with {@link ChaincodeError}, whose message a peer reports after
   * "error in simulation: ".
   */
  async execute(call: ChaincodeCall): Promise<ChaincodeResult> {
    // A peer sets decorations of its own, of which there are none.
    call.input.getDecorationsMap().clear();
    let message: peer.ChaincodeMessage;
    try {
      message = await this.#run(call);
    } catch (error) {
      if (!(error instanceof ChaincodeError)) throw error;
      throw error.within(`failed to execute transaction ${call.txId}`);
    }
    return readResult(call, message);
  }

  async #run(call: ChaincodeCall): Promise<peer.ChaincodeMessage> {
    let chaincode: Chaincode;
    try {
      chaincode = this.#options.find(call);
    } catch (error) {
      if (!(error instanceof ChaincodeError)) throw error;
      throw error.within('invalid invocation');
    }
    return chaincode.run(call, (caller, target, input) => this.#invoke(caller, target, input));
  }

  async #invoke(
    caller: ChaincodeCall,
    target: string,
    input: peer.ChaincodeInput,
  ): Promise<peer.ChaincodeMessage> {
    const { chaincodeName, channelId } = readTarget(target, caller.channelId);
    const call = { ...caller, chaincodeName, channelId, input };
    if (channelId === caller.channelId) return this.#runForChaincode(call);

    const channel = this.#options.openChannel(channelId, caller.txId);
    if (channel === undefined) {
      const text = `Failed to get policy manager for channel [${channelId}]`;
      throw new ChaincodeError('invalid-invocation', text);
    }
    try {
      return await this.#runForChaincode({ ...call, simulator: channel.simulator });
    } finally {
      channel.simulator.done();
      channel.close();
    }
  }

  async #runForChaincode(call: ChaincodeCall): Promise<peer.ChaincodeMessage> {
    try {
      return await this.#run(call);
    } catch (error) {
      if (!(error instanceof ChaincodeError)) throw error;
      throw error.within('execute failed');
    }
  }
}

/** Reads "name:version/channel"; version and channel may be missing, the version is ignored. */
function readTarget(
  target: string,
  callersChannelId: string,
): { chaincodeName: string; channelId: string } {
  const slash = target.indexOf('/');
  const name = slash < 0 ? target : target.slice(0, slash);
  const channelId = slash < 0 ? '' : target.slice(slash + 1);
  const colon = name.indexOf(':');
  return {
    chaincodeName: colon < 0 ? name : name.slice(0, colon),
    channelId: channelId === '' ? callersChannelId : channelId,
  };
}

function readResult(call: ChaincodeCall, message: peer.ChaincodeMessage): ChaincodeResult {
  if (message.getType() === Type.ERROR) {
    const text = Buffer.from(message.getPayload_asU8()).toString('utf8');
    throw new ChaincodeError('execution-failed', `transaction returned with failure: ${text}`);
  }
  let response: peer.Response;
  try {
    response = decode(peer.Response, message.getPayload_asU8());
  } catch (error) {
    const text = `failed to unmarshal response for transaction ${call.txId}`;
    throw new ChaincodeError('bad-response', text, { cause: error });
  }
  const event = message.getChaincodeEvent();
  if (event === undefined || response.getStatus() >= ERROR_THRESHOLD) {
    return { response, event: undefined };
  }
  event.setChaincodeId(call.chaincodeName);
  event.setTxId(call.txId);
  return { response, event };
}
