import { peer } from '@hyperledger/fabric-protos';

import { ChaincodeError } from '../chaincode-stream/chaincode-error.ts';
import { SimulationError } from '../simulation/simulation-error.ts';
import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import type { ChaincodeInterest } from './chaincode-interest.ts';
import { ERROR, ERROR_THRESHOLD, errorResponse } from './chaincode-response.ts';
import {
  checkProposalHeaders,
  ProposalError,
  type UnpackedProposal,
  unpackProposal,
} from './signed-proposal.ts';
import { proposalResponsePayload } from './transaction-envelope.ts';

/**
 * What came of a proposal. An `error` is a gRPC error of the peer; with a `response` beside it the
 * proposal itself was refused. A response alone can still carry a failure in its status.
 */
export type ProposalOutcome =
  | {
      readonly error: string;
      readonly response: peer.ProposalResponse | undefined;
      readonly interest: readonly ChaincodeInterest[];
    }
  | {
      readonly error?: undefined;
      readonly response: peer.ProposalResponse;
      readonly interest: readonly ChaincodeInterest[];
    };

/**
 * Who calls an endorser: the gateway in its own peer, directly, or another peer's over gRPC, where
 * a filter first looks whether the client's certificate has expired. That the own gateway goes
 * round the filter is Fabric's own doing.
 */
export type Caller = 'own-gateway' | 'other-gateway';

/** What a chaincode did: its response and the transaction's read-write set. */
export type SimulationOutcome = {
  readonly response: peer.Response;
  readonly event: peer.ChaincodeEvent | undefined;
  /** A serialized rwset.TxReadWriteSet. */
  readonly results: Uint8Array;
  readonly interest: readonly ChaincodeInterest[];
  readonly chaincodeVersion: string;
};

/**
 * Runs a proposal's chaincode. Throws ChaincodeError or SimulationError, whose message is what the
 * client is told.
 */
export type Simulate = (
  proposal: UnpackedProposal,
  snapshot: StateSnapshot,
) => Promise<SimulationOutcome>;

/** Who may propose, and what was proposed before: the channel as an endorser needs it. */
export interface EndorserChannel {
  readonly channelId: string;
  snapshot(): StateSnapshot;
  hasTransaction(txId: string): boolean;
  /** Throws {@link ProposalError} when creator or signature are not accepted. */
  authenticate(proposal: UnpackedProposal): void;
  /** Throws {@link ProposalError} when the policy for proposals is not satisfied. */
  authorize(proposal: UnpackedProposal): void;
  /** When the creator's certificate expires; undefined when it has none. */
  creatorExpiresAt(creator: Uint8Array): Date | undefined;
  isSystemChaincode(name: string): boolean;
}

/** Signs as one organisation's peer. */
export type EndorserIdentity = {
  readonly mspId: string;
  /** A serialized msp.SerializedIdentity. */
  readonly serialized: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

/** What an endorsing peer is made of. */
export type EndorserOptions = {
  readonly address: string;
  readonly identity: EndorserIdentity;
  readonly channel: EndorserChannel;
  readonly chaincodes: ReadonlySet<string>;
  readonly simulate: Simulate;
  readonly now: () => Date;
};

/**
 * One organisation's endorsing peer. Source: Fabric, core/endorser/endorser.go and
 * core/handlers/auth/filter/expiration.go.
 */
export class Endorser {
  readonly #options: EndorserOptions;

  constructor(options: EndorserOptions) {
    this.#options = options;
  }

  get mspId(): string {
    return this.#options.identity.mspId;
  }

  get address(): string {
    return this.#options.address;
  }

  hasChaincode(name: string): boolean {
    return this.#options.chaincodes.has(name) || this.#options.channel.isSystemChaincode(name);
  }

  /** Checks, simulates and, where the chaincode succeeds, signs a proposal. Rejects on bugs only. */
  async processProposal(
    signedProposal: peer.SignedProposal,
    caller: Caller,
  ): Promise<ProposalOutcome> {
    let proposal: UnpackedProposal;
    try {
      proposal = unpackProposal(signedProposal);
    } catch (error) {
      return refusal(error);
    }
    if (caller === 'other-gateway' && this.#hasExpired(proposal)) {
      const error = 'proposal client identity expired';
      return { error, response: undefined, interest: [] };
    }
    const { channel } = this.#options;
    if (proposal.channelHeader.getChannelId() !== channel.channelId) {
      const text = `channel '${proposal.channelHeader.getChannelId()}' not found`;
      return { response: failure(text), interest: [] };
    }
    try {
      this.#preProcess(proposal);
    } catch (error) {
      return refusal(error);
    }
    return this.#simulateAndEndorse(proposal);
  }

  #hasExpired(proposal: UnpackedProposal): boolean {
    const { channel, now } = this.#options;
    const expiresAt = channel.creatorExpiresAt(proposal.signatureHeader.getCreator_asU8());
    return expiresAt !== undefined && now() > expiresAt;
  }

  #preProcess(proposal: UnpackedProposal): void {
    const { channel } = this.#options;
    try {
      checkProposalHeaders(proposal);
      channel.authenticate(proposal);
    } catch (error) {
      if (!(error instanceof ProposalError)) throw error;
      throw new ProposalError(`error validating proposal: ${error.message}`);
    }
    const txId = proposal.channelHeader.getTxId();
    if (channel.hasTransaction(txId)) {
      const creator = Buffer.from(proposal.signatureHeader.getCreator_asU8()).toString('hex');
      throw new ProposalError(`duplicate transaction found [${txId}]. Creator [${creator}]`);
    }
    if (!channel.isSystemChaincode(proposal.chaincodeName)) channel.authorize(proposal);
  }

  async #simulateAndEndorse(proposal: UnpackedProposal): Promise<ProposalOutcome> {
    const snapshot = this.#options.channel.snapshot();
    let outcome: SimulationOutcome;
    try {
      outcome = await this.#options.simulate(proposal, snapshot);
    } catch (error) {
      if (!(error instanceof ChaincodeError || error instanceof SimulationError)) throw error;
      return { response: failure(error.message), interest: [] };
    } finally {
      snapshot.close();
    }
    return { response: this.#endorse(proposal, outcome), interest: outcome.interest };
  }

  #endorse(proposal: UnpackedProposal, outcome: SimulationOutcome): peer.ProposalResponse {
    const response = new peer.ProposalResponse();
    response.setResponse(outcome.response);
    const code = outcome.response.getStatus();
    if (code >= ERROR_THRESHOLD && code < ERROR) return response;
    const payload = proposalResponsePayload({
      proposalHash: proposal.proposalHash,
      response: outcome.response,
      results: outcome.results,
      event: outcome.event,
      chaincode: { name: proposal.chaincodeName, version: outcome.chaincodeVersion },
    });
    response.setPayload(payload);
    if (code >= ERROR) return response;

    const { identity } = this.#options;
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(identity.serialized);
    endorsement.setSignature(identity.sign(Buffer.concat([payload, identity.serialized])));
    response.setVersion(1);
    response.setEndorsement(endorsement);
    return response;
  }
}

function failure(message: string): peer.ProposalResponse {
  const response = new peer.ProposalResponse();
  response.setResponse(errorResponse(message));
  return response;
}

function refusal(error: unknown): ProposalOutcome {
  if (!(error instanceof ProposalError)) throw error;
  return { error: error.message, response: failure(error.message), interest: [] };
}
