import { status } from '@grpc/grpc-js';
import type { common, peer } from '@hyperledger/fabric-protos';

import { type EndpointError, RpcError } from './rpc-error.ts';
import type { ChaincodeInterest } from '../endorsing/chaincode-interest.ts';
import { CollectedEndorsements, endpointError } from './collected-endorsements.ts';
import { noMetadata, unknownChannel, unsatisfiable } from './discovery-refusals.ts';
import type { Endorser, ProposalOutcome } from '../endorsing/endorser.ts';
import { prepareTransaction } from '../endorsing/transaction-envelope.ts';
import { judge, type Verdict } from './verdict.ts';

/** The channel has no definition of this chaincode. */
export class UndefinedChaincode extends Error {
  readonly chaincode: string;

  constructor(chaincode: string) {
    super(`chaincode ${chaincode} has no definition`);
    this.name = 'UndefinedChaincode';
    this.chaincode = chaincode;
  }
}

/**
 * Sets of organisations, any of which is enough to endorse; the preferred ones first.
 * Throws {@link UndefinedChaincode}.
 */
export type EndorsementLayouts = (
  interest: readonly ChaincodeInterest[],
  preferredMspId: string,
) => readonly (readonly string[])[];

/** A call of a gateway: the proposal as it was signed, and what was read of it. */
export type GatewayCall = {
  readonly signedProposal: peer.SignedProposal;
  readonly channel: string;
  readonly chaincode: string;
  readonly header: common.Header;
  readonly payload: peer.ChaincodeProposalPayload;
};

/**
 * Collects from the endorsers of several organisations what a transaction needs, as the gateway in
 * a peer does. Source: Fabric, internal/pkg/gateway/{endorse,endorsement,evaluate}.go.
 */
export class EndorsementCollector {
  readonly #channelId: string;
  readonly #local: Endorser;
  readonly #endorsers: ReadonlyMap<string, Endorser>;
  readonly #layouts: EndorsementLayouts;

  /** `local` is the peer that runs the gateway; `endorsers` are all peers by MSP id. */
  constructor(
    channelId: string,
    local: Endorser,
    endorsers: ReadonlyMap<string, Endorser>,
    layouts: EndorsementLayouts,
  ) {
    this.#channelId = channelId;
    this.#local = local;
    this.#endorsers = endorsers;
    this.#layouts = layouts;
  }

  /** Runs a query on one endorser, trying the next where a peer, not the chaincode, failed. */
  async evaluate(
    { signedProposal, channel, chaincode }: GatewayCall,
    targetMspIds: readonly string[],
  ): Promise<peer.ProposalResponse> {
    if (channel !== this.#channelId) {
      throw new RpcError(
        status.UNAVAILABLE,
        `failed to get config for channel [${channel}]: ` +
          `could not get last config for channel ${channel}`,
      );
    }
    const candidates = this.#evaluators(chaincode, targetMspIds);
    if (candidates.length === 0) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `no peers available to evaluate chaincode ${chaincode} in channel ${channel}`,
      );
    }
    const errors: EndpointError[] = [];
    let code: status = status.UNAVAILABLE;
    for (const endorser of candidates) {
      const verdict = await this.#process(endorser, signedProposal);
      if (verdict.ok) return verdict.response;
      errors.push(endpointError(endorser, verdict.message));
      code = verdict.code;
      if (!verdict.retry) {
        throw new RpcError(
          code,
          `evaluate call to endorser returned error: ${verdict.message}`,
          errors,
        );
      }
    }
    throw new RpcError(
      code,
      'failed to evaluate transaction, see attached details for more info',
      errors,
    );
  }

  /** Collects enough endorsements and returns the transaction that the client signs. */
  async endorse(call: GatewayCall, endorsingMspIds: readonly string[]): Promise<common.Envelope> {
    const { signedProposal, channel, chaincode } = call;
    if (channel !== this.#channelId) throw unknownChannel(call, endorsingMspIds);
    const collected = new CollectedEndorsements();
    const layouts =
      endorsingMspIds.length > 0
        ? [this.#requireEndorsers(chaincode, [...new Set(endorsingMspIds)])]
        : await this.#planFromFirst(call, collected);
    const endorsements = await this.#collect(layouts, signedProposal, collected);
    return prepareTransaction(call, collected.payload(), endorsements);
  }

  async #planFromFirst(
    call: GatewayCall,
    collected: CollectedEndorsements,
  ): Promise<readonly (readonly string[])[]> {
    const { chaincode } = call;
    const defaultInterest = { chaincode, keyPolicies: [], disregardChaincodePolicy: false };
    const first = this.#firstEndorser(call, defaultInterest);
    const { verdict, outcome } = await this.#processWithOutcome(first, call.signedProposal);
    if (!verdict.ok) {
      throw new RpcError(
        status.ABORTED,
        'failed to endorse transaction, see attached details for more info',
        [endpointError(first, verdict.message)],
      );
    }
    const interest = outcome.interest.length > 0 ? outcome.interest : [defaultInterest];
    const layouts = this.#availableLayouts(interest, first.mspId);
    collected.add(first, verdict.response);
    return layouts;
  }

  #firstEndorser(call: GatewayCall, interest: ChaincodeInterest): Endorser {
    if (this.#local.hasChaincode(call.chaincode)) return this.#local;
    if (call.payload.getTransientmapMap().getLength() > 0) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        "no endorsers found in the gateway's organization; " +
          'retry specifying endorsing organization(s) to protect transient data',
      );
    }
    const [layout = []] = this.#availableLayouts([interest], this.#local.mspId);
    const endorser = layout.map((mspId) => this.#endorsers.get(mspId)).find((found) => found);
    if (endorser === undefined) throw new Error('a layout without endorsers');
    return endorser;
  }

  #availableLayouts(
    interest: readonly ChaincodeInterest[],
    preferredMspId: string,
  ): readonly (readonly string[])[] {
    const sufficient = this.#sufficientLayouts(interest, preferredMspId);
    if (sufficient.length === 0 && interest.some(({ keyPolicies }) => keyPolicies.length > 0)) {
      throw unsatisfiable('state based endorsement policy cannot be satisfied');
    }
    const layouts = sufficient.filter((layout) =>
      layout.every((mspId) =>
        interest.every(({ chaincode }) => this.#endorsers.get(mspId)?.hasChaincode(chaincode)),
      ),
    );
    if (layouts.length === 0) {
      throw unsatisfiable('no peer combination can satisfy the endorsement policy');
    }
    return layouts;
  }

  #sufficientLayouts(
    interest: readonly ChaincodeInterest[],
    preferredMspId: string,
  ): readonly (readonly string[])[] {
    try {
      return this.#layouts(interest, preferredMspId);
    } catch (error) {
      if (!(error instanceof UndefinedChaincode)) throw error;
      throw noMetadata(error.chaincode, this.#channelId);
    }
  }

  #requireEndorsers(chaincode: string, mspIds: readonly string[]): readonly string[] {
    const missing = mspIds.filter((mspId) => !this.#endorsers.get(mspId)?.hasChaincode(chaincode));
    if (missing.length > 0) {
      throw new RpcError(
        status.UNAVAILABLE,
        `failed to find any endorsing peers for org(s): ${missing.join(', ')}`,
      );
    }
    return mspIds;
  }

  async #collect(
    layouts: readonly (readonly string[])[],
    signedProposal: peer.SignedProposal,
    collected: CollectedEndorsements,
  ): Promise<peer.Endorsement[]> {
    for (const layout of layouts) {
      if (layout.some((mspId) => collected.hasFailed(mspId))) continue;
      const missing = layout.filter((mspId) => !collected.has(mspId));
      await Promise.all(
        missing.map(async (mspId) => {
          const endorser = this.#endorsers.get(mspId);
          if (endorser === undefined) throw new Error(`no endorser of ${mspId}`);
          const verdict = await this.#process(endorser, signedProposal);
          if (verdict.ok) collected.add(endorser, verdict.response);
          else collected.fail(endorser, verdict.message);
        }),
      );
      if (layout.every((mspId) => collected.has(mspId))) return collected.endorsements(layout);
    }
    throw new RpcError(
      status.ABORTED,
      'failed to collect enough transaction endorsements, see attached details for more info',
      collected.errors,
    );
  }

  #evaluators(chaincode: string, targetMspIds: readonly string[]): Endorser[] {
    const allowed = [...this.#endorsers.values()].filter(
      (endorser) =>
        endorser.hasChaincode(chaincode) &&
        (targetMspIds.length === 0 || targetMspIds.includes(endorser.mspId)),
    );
    return allowed.sort(
      (a, b) => Number(b.mspId === this.#local.mspId) - Number(a.mspId === this.#local.mspId),
    );
  }

  async #process(endorser: Endorser, signedProposal: peer.SignedProposal): Promise<Verdict> {
    return (await this.#processWithOutcome(endorser, signedProposal)).verdict;
  }

  async #processWithOutcome(
    endorser: Endorser,
    signedProposal: peer.SignedProposal,
  ): Promise<{ verdict: Verdict; outcome: ProposalOutcome }> {
    const isLocal = endorser === this.#local;
    const outcome = await endorser.processProposal(
      signedProposal,
      isLocal ? 'own-gateway' : 'other-gateway',
    );
    return { verdict: judge(outcome, isLocal), outcome };
  }
}
