import type { common, peer } from '@hyperledger/fabric-protos';

import type { ChaincodeInterest } from '../endorsing/chaincode-interest.ts';
import type { EndorserChannel } from '../endorsing/endorser.ts';
import { type EndorsementLayouts, UndefinedChaincode } from '../gateway/endorsement-collector.ts';
import { ProposalError, type UnpackedProposal } from '../endorsing/signed-proposal.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { TransactionLocation } from '../ledger/store-values.ts';
import { readApplicationPolicy } from '../membership/application-policy.ts';
import { endorsementLayouts } from '../membership/endorsement-layouts.ts';
import type { Identity } from '../membership/identity.ts';
import { MembershipError } from '../membership/membership-error.ts';
import type { MspManager } from '../membership/msp-manager.ts';
import type { Policy, SignedData } from '../membership/policy.ts';
import type { PolicyManager } from '../membership/policy-manager.ts';
import { SignaturePolicy } from '../membership/signature-policy.ts';
import type { OrderingChannel } from '../ordering/orderer.ts';
import type { StateSnapshot } from '../simulation/state-snapshot.ts';
import {
  type ChaincodeDefinition,
  isSystemChaincode,
  LIFECYCLE,
  readDefinition,
} from '../system-chaincodes/lifecycle-state.ts';
import { endorsedMessage, type EndorsementPolicies } from '../validation/endorsement-check.ts';
import type { EndorserTransaction } from '../validation/endorser-transaction.ts';
import type { ValidationChannel } from '../validation/transaction-validator.ts';

const WRITERS = '/Channel/Application/Writers';
const LIFECYCLE_ENDORSEMENT = '/Channel/Application/LifecycleEndorsement';

/** What a channel is made of. */
export type ChannelOptions = {
  readonly ledger: Pick<Ledger, 'channelId' | 'snapshot' | 'transaction'>;
  readonly msps: MspManager;
  readonly policies: PolicyManager;
  /** The endorsing peers, one of each organisation. */
  readonly peers: readonly Identity[];
};

/** One channel: its ledger, its members and its policies, as its services ask about them. */
export class Channel implements EndorserChannel, OrderingChannel, ValidationChannel {
  readonly #ledger: ChannelOptions['ledger'];
  readonly #msps: MspManager;
  readonly #policies: PolicyManager;
  readonly #peers: readonly Identity[];
  /**
   * Messages whose signature has been verified. The devnet is peer and orderer in one: what one of
   * them has verified the others need not verify again.
   */
  readonly #verified = new WeakSet<peer.SignedProposal | common.Envelope>();

  constructor(options: ChannelOptions) {
    this.#ledger = options.ledger;
    this.#msps = options.msps;
    this.#policies = options.policies;
    this.#peers = options.peers;
  }

  get channelId(): string {
    return this.#ledger.channelId;
  }

  snapshot(): StateSnapshot {
    return this.#ledger.snapshot();
  }

  hasTransaction(txId: string): boolean {
    return this.#ledger.transaction(txId) !== undefined;
  }

  locate(txId: string): TransactionLocation | undefined {
    return this.#ledger.transaction(txId);
  }

  isSystemChaincode(name: string): boolean {
    return isSystemChaincode(name);
  }

  /** When a certificate expires; undefined where there is none to read. */
  creatorExpiresAt(creator: Uint8Array): Date | undefined {
    try {
      return this.#msps.deserializeIdentity(creator).expiresAt;
    } catch (error) {
      // Whoever it is will be refused for that, in the words of the check that comes to it.
      if (error instanceof MembershipError) return undefined;
      throw error;
    }
  }

  /** As {@link EndorserChannel} says. Source of the texts: Fabric, core/endorser. */
  authenticate(proposal: UnpackedProposal): void {
    const { signedProposal } = proposal;
    if (this.#verified.has(signedProposal)) return;
    const identity = this.#creator(proposal);
    try {
      identity.validate();
      identity.verify(proposal.proposalBytes, signedProposal.getSignature_asU8());
      this.#verified.add(signedProposal);
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      throw new ProposalError(
        `access denied: channel [${this.channelId}] creator org [${identity.mspId}]`,
      );
    }
  }

  /** As {@link EndorserChannel} says; the proposal has been authenticated. */
  authorize(proposal: UnpackedProposal): void {
    const policy = this.#policies.policy(WRITERS);
    const reason = policy?.dissatisfaction([this.#creator(proposal)]);
    if (reason !== undefined) throw new ProposalError(this.#policyFailure(WRITERS, reason));
  }

  /** As {@link OrderingChannel} says. */
  authorizeBroadcast(envelope: common.Envelope, creator: Uint8Array): void {
    this.#policies.evaluate('/Channel/Writers', [
      {
        data: envelope.getPayload_asU8(),
        identity: creator,
        signature: envelope.getSignature_asU8(),
      },
    ]);
    this.#verified.add(envelope);
  }

  /**
   * Throws with Fabric's text when a policy of the channel is not satisfied.
   * Source: Fabric, core/policy/policy.go.
   */
  evaluate(policy: string, signedData: SignedData): void {
    try {
      this.#policies.evaluate(policy, [signedData]);
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      throw new MembershipError(error.code, this.#policyFailure(policy, error.message));
    }
  }

  /** As {@link ValidationChannel} says. */
  isSigned(envelope: common.Envelope, creator: Uint8Array): boolean {
    try {
      const identity = this.#msps.deserializeIdentity(creator);
      identity.validate();
      if (!this.#verified.has(envelope)) {
        identity.verify(envelope.getPayload_asU8(), envelope.getSignature_asU8());
      }
      return true;
    } catch (error) {
      if (error instanceof MembershipError) return false;
      throw error;
    }
  }

  /** As {@link ValidationChannel} says: signatures are checked once for all policies. */
  endorsementPolicies(
    transaction: EndorserTransaction,
    committed: StateSnapshot,
  ): EndorsementPolicies {
    const endorsers = this.#endorsers(
      transaction.proposalResponsePayload,
      transaction.endorsements,
    );
    return {
      chaincodePolicy: (namespace) => {
        const policy = this.#chaincodePolicy(namespace, committed);
        return policy && (() => policy.dissatisfaction(endorsers) === undefined);
      },
      keyPolicy: (policy) => readKeyPolicy(policy).dissatisfaction(endorsers) === undefined,
    };
  }

  /** As {@link EndorsementLayouts} says, by the definitions that are committed now. */
  readonly layouts: EndorsementLayouts = (interest, preferredMspId) => {
    const snapshot = this.snapshot();
    try {
      const policies = interest.flatMap((call) => this.#policiesOf(call, snapshot));
      return endorsementLayouts(policies, this.#peers, preferredMspId);
    } finally {
      snapshot.close();
    }
  };

  /** A chaincode's definition as of a snapshot; undefined where there is none. */
  definition(name: string, committed: StateSnapshot): ChaincodeDefinition | undefined {
    return readDefinition((key) => committed.get(LIFECYCLE, key)?.value, name);
  }

  #policiesOf(interest: ChaincodeInterest, snapshot: StateSnapshot): Policy[] {
    const keyPolicies = interest.keyPolicies.map(readKeyPolicy);
    if (interest.disregardChaincodePolicy) return keyPolicies;
    const policy = this.#chaincodePolicy(interest.chaincode, snapshot);
    if (policy === undefined) throw new UndefinedChaincode(interest.chaincode);
    return [policy, ...keyPolicies];
  }

  #chaincodePolicy(namespace: string, committed: StateSnapshot): Policy | undefined {
    if (namespace === LIFECYCLE) return this.#policies.policy(LIFECYCLE_ENDORSEMENT);
    const definition = this.definition(namespace, committed);
    if (definition === undefined) return undefined;
    return readable(() => readApplicationPolicy(definition.endorsementPolicy, this.#policies));
  }

  #endorsers(payload: Uint8Array, endorsements: readonly peer.Endorsement[]): Identity[] {
    const endorsers = new Map<string, Identity>();
    for (const endorsement of endorsements) {
      try {
        const identity = this.#msps.deserializeIdentity(endorsement.getEndorser_asU8());
        identity.verify(endorsedMessage(payload, endorsement), endorsement.getSignature_asU8());
        endorsers.set(`${identity.mspId} ${identity.id}`, identity);
      } catch (error) {
        // An endorsement that does not hold counts for nothing; the policy decides on the rest.
        if (!(error instanceof MembershipError)) throw error;
      }
    }
    return [...endorsers.values()];
  }

  #creator(proposal: UnpackedProposal): Identity {
    try {
      return this.#msps.deserializeIdentity(proposal.signatureHeader.getCreator_asU8());
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      throw new ProposalError(
        `access denied: channel [${this.channelId}] creator org unknown, creator is malformed`,
      );
    }
  }

  #policyFailure(policy: string, reason: string): string {
    return (
      'Failed evaluating policy on signed data during check policy on channel ' +
      `[${this.channelId}] with policy [${policy}]: [${reason}]`
    );
  }
}

function readKeyPolicy(policy: Uint8Array): Policy {
  return readable(() => SignaturePolicy.fromBytes(policy));
}

/** A policy from the state, where clients have put it: what is none can be satisfied by nobody. */
function readable(read: () => Policy): Policy {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MembershipError)) throw error;
    return { dissatisfaction: () => error.message };
  }
}
