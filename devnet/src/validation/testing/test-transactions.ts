import { common, peer } from '@hyperledger/fabric-protos';

import { Channel } from '../../channel/channel.ts';
import { success } from '../../endorsing/chaincode-response.ts';
import { newProposal } from '../../endorsing/new-proposal.ts';
import { unpackProposal, type UnpackedProposal } from '../../endorsing/signed-proposal.ts';
import {
  prepareTransaction,
  proposalResponsePayload,
} from '../../endorsing/transaction-envelope.ts';
import type { TransactionLocation } from '../../ledger/store-values.ts';
import { channelPolicyReference } from '../../membership/application-policy.ts';
import { PolicyManager } from '../../membership/policy-manager.ts';
import { rolesPolicy } from '../../membership/signature-policy.ts';
import type { SigningIdentity } from '../../membership/signing-identity.ts';
import { anyRole, implicitMeta, testGroup, TestPeople } from '../../membership/test-channel.ts';
import { ReadWriteSetBuilder } from '../../simulation/read-write-set-builder.ts';
import { VALIDATION_PARAMETER } from '../../simulation/state-metadata.ts';
import type { Version } from '../../simulation/state-snapshot.ts';
import { MemorySnapshot } from '../../simulation/testing/memory-snapshot.ts';
import { definitionEntries, LIFECYCLE } from '../../system-chaincodes/lifecycle-state.ts';

/** The channel and the chaincode of the tests. */
export const TEST_CHANNEL = 'passport';
export const TEST_CHAINCODE = 'cc';

const ORGANISATIONS = ['Org1MSP', 'Org2MSP'] as const;

/** One of the organisations of the tests. */
export type TestOrganisation = (typeof ORGANISATIONS)[number];

/** What a transaction of a test is to be; all of it may be wrong on purpose. */
export type TestTransaction = {
  readonly chaincode?: string;
  /** A serialized rwset.TxReadWriteSet. */
  readonly results?: Uint8Array;
  readonly endorsers?: readonly TestOrganisation[];
  /** Changes what the endorsers sign. */
  readonly editAction?: (action: peer.ChaincodeAction) => void;
  /** Changes the channel header before anything is hashed or signed. */
  readonly editHeader?: (header: common.ChannelHeader) => void;
};

/** A channel of two organisations over a state in memory, and whoever may sign on it. */
export class TestNetwork {
  readonly state = new MemorySnapshot();
  readonly channel: Channel;
  readonly people: TestPeople;
  readonly committed = new Map<string, TransactionLocation>();

  private constructor(people: TestPeople) {
    this.people = people;
    this.channel = new Channel({
      ledger: {
        channelId: TEST_CHANNEL,
        snapshot: () => this.state,
        transaction: (txId) => this.committed.get(txId),
      },
      msps: people.msps,
      policies: new PolicyManager(configuration(), people.msps),
      peers: ORGANISATIONS.map((mspId) => people.person(mspId, 'peer').identity),
    });
  }

  /** A network whose chaincode `cc` any one peer may endorse, unless the policy says otherwise. */
  static async create(
    policy = channelPolicyReference('/Channel/Application/Any'),
  ): Promise<TestNetwork> {
    const network = new TestNetwork(await TestPeople.create(ORGANISATIONS));
    network.define(TEST_CHAINCODE, policy);
    return network;
  }

  /** Puts a chaincode's definition into the state. */
  define(name: string, endorsementPolicy: Uint8Array): void {
    const definition = {
      name,
      version: '1.0',
      sequence: 1,
      initRequired: false,
      endorsementPolicy,
    };
    for (const [key, value] of definitionEntries(definition)) {
      this.state.put(LIFECYCLE, key, value, { block: 1, tx: 0 });
    }
  }

  get client(): SigningIdentity {
    return this.people.person('Org1MSP', 'client').signer;
  }

  peer(mspId: TestOrganisation): SigningIdentity {
    return this.people.person(mspId, 'peer').signer;
  }

  /** A signed proposal, taken apart. */
  propose(chaincode = TEST_CHAINCODE, args: readonly string[] = ['put']): UnpackedProposal {
    const { signedProposal } = newProposal(
      { channelId: TEST_CHANNEL, chaincode, args: args.map((argument) => Buffer.from(argument)) },
      this.client,
      new Date('2026-05-01T00:00:00Z'),
    );
    return unpackProposal(signedProposal);
  }

  /** A whole transaction: proposed, endorsed and signed. */
  transaction(wanted: TestTransaction = {}): common.Envelope {
    const { chaincode = TEST_CHAINCODE, endorsers = ['Org1MSP'] } = wanted;
    const proposal = withHeader(this.propose(chaincode), wanted.editHeader);
    const payload = withAction(
      proposalResponsePayload({
        proposalHash: proposal.proposalHash,
        response: success(new Uint8Array(0)),
        results: wanted.results ?? readWriteSet({}),
        event: undefined,
        chaincode: { name: chaincode, version: '1.0' },
      }),
      wanted.editAction,
    );
    const endorsements = endorsers.map((mspId) => endorse(payload, this.peer(mspId)));
    return this.sign(prepareTransaction(proposal, payload, endorsements));
  }

  /** Signs an envelope again, after whatever a test has done to it. */
  sign(envelope: common.Envelope): common.Envelope {
    envelope.setSignature(this.client.sign(envelope.getPayload_asU8()));
    return envelope;
  }
}

/** What a transaction of the tests reads and writes in one namespace. */
export type TestReadWriteSet = {
  readonly namespace?: string;
  readonly reads?: Readonly<Record<string, Version | undefined>>;
  /** An empty value deletes the key. */
  readonly writes?: Readonly<Record<string, string>>;
  /** Own endorsement policies of keys: serialized common.SignaturePolicyEnvelope. */
  readonly keyPolicies?: Readonly<Record<string, Uint8Array>>;
};

/** A serialized rwset.TxReadWriteSet. */
export function readWriteSet(...sets: readonly TestReadWriteSet[]): Uint8Array {
  const builder = new ReadWriteSetBuilder();
  for (const { namespace = TEST_CHAINCODE, reads, writes, keyPolicies } of sets) {
    for (const [key, version] of Object.entries(reads ?? {})) {
      builder.addRead(namespace, key, version);
    }
    for (const [key, value] of Object.entries(writes ?? {})) {
      builder.addWrite(namespace, key, Buffer.from(value));
    }
    for (const [key, policy] of Object.entries(keyPolicies ?? {})) {
      builder.addMetadataWrite(namespace, key, new Map([[VALIDATION_PARAMETER, policy]]));
    }
  }
  return builder.build();
}

/** A key policy that one organisation's peer satisfies. */
export function keyPolicy(mspId: TestOrganisation): Uint8Array {
  return rolesPolicy(1, [{ mspId, role: 'PEER' }]).serializeBinary();
}

/** A serialized peer.ApplicationPolicy that all the organisations' peers together satisfy. */
export function allMustEndorse(): Uint8Array {
  const roles = ORGANISATIONS.map((mspId) => ({ mspId, role: 'PEER' as const }));
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(rolesPolicy(roles.length, roles));
  return policy.serializeBinary();
}

/** The transaction's id. */
export function txIdOf(envelope: common.Envelope): string {
  const header = common.Payload.deserializeBinary(envelope.getPayload_asU8()).getHeader();
  return common.ChannelHeader.deserializeBinary(
    header?.getChannelHeader_asU8() ?? new Uint8Array(0),
  ).getTxId();
}

function withHeader(
  proposal: UnpackedProposal,
  edit: TestTransaction['editHeader'],
): UnpackedProposal {
  if (edit === undefined) return proposal;
  edit(proposal.channelHeader);
  proposal.header.setChannelHeader(proposal.channelHeader.serializeBinary());
  const edited = new peer.Proposal();
  edited.setHeader(proposal.header.serializeBinary());
  edited.setPayload(proposal.payload.serializeBinary());
  proposal.signedProposal.setProposalBytes(edited.serializeBinary());
  return unpackProposal(proposal.signedProposal);
}

function withAction(payload: Uint8Array, edit: TestTransaction['editAction']): Uint8Array {
  if (edit === undefined) return payload;
  const decoded = peer.ProposalResponsePayload.deserializeBinary(payload);
  const action = peer.ChaincodeAction.deserializeBinary(decoded.getExtension_asU8());
  edit(action);
  decoded.setExtension$(action.serializeBinary());
  return decoded.serializeBinary();
}

function endorse(payload: Uint8Array, signer: SigningIdentity): peer.Endorsement {
  const endorsement = new peer.Endorsement();
  endorsement.setEndorser(signer.serialized);
  endorsement.setSignature(signer.sign(Buffer.concat([payload, signer.serialized])));
  return endorsement;
}

/** The policies that a channel has, over those of its organisations. */
function configuration(): common.ConfigGroup {
  const groups = Object.fromEntries(
    ORGANISATIONS.map((mspId) => [
      mspId,
      testGroup({
        Writers: anyRole(mspId, 'ADMIN', 'CLIENT'),
        Readers: anyRole(mspId, 'MEMBER'),
        Endorsement: anyRole(mspId, 'PEER'),
      }),
    ]),
  );
  const policies = {
    Writers: implicitMeta('ANY', 'Writers'),
    Readers: implicitMeta('ANY', 'Readers'),
    Endorsement: implicitMeta('MAJORITY', 'Endorsement'),
    LifecycleEndorsement: implicitMeta('MAJORITY', 'Endorsement'),
    Any: implicitMeta('ANY', 'Endorsement'),
  };
  return testGroup(
    { Writers: implicitMeta('ANY', 'Writers') },
    { Application: testGroup(policies, groups) },
  );
}
