import { createHash } from 'node:crypto';

import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';
import timestampProto from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { rolesPolicy } from '../membership/signature-policy.ts';
import type { Role } from '../membership/principal.ts';
import {
  addImplicitMetaPolicy,
  addSignaturePolicy,
  addValue,
  configGroup,
} from './config-group.ts';
import { group, policy, value } from './config-keys.ts';
import { formatGoDuration } from './go-duration.ts';
import { defineMsp, type OrganisationDefinition, X509_MSP } from './msp-definition.ts';

/** A host and port that nodes are reached at. */
export type Endpoint = { readonly host: string; readonly port: number };

/** An organisation with peers, and where other organisations find them. */
export type PeerOrganisationDefinition = OrganisationDefinition & {
  readonly anchorPeers?: readonly Endpoint[];
};

/** An orderer; TLS certificate in PEM. */
export type ConsenterDefinition = Endpoint & { readonly tlsCertificate: string };

/** The organisation that orders. */
export type OrdererOrganisationDefinition = OrganisationDefinition & {
  readonly consenters: readonly ConsenterDefinition[];
};

/** When the orderer cuts a block (Fabric, orderer.BatchSize). */
export type BatchSize = {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
};

/** What a channel begins with. */
export type GenesisSpecification = {
  readonly channelId: string;
  readonly peerOrganisations: readonly PeerOrganisationDefinition[];
  readonly ordererOrganisation: OrdererOrganisationDefinition;
  readonly batchTimeoutMs: number;
  readonly batchSize: BatchSize;
  /** Stands in the block's header, in whole seconds. */
  readonly createdAt: Date;
};

/** Channel headers of configuration blocks have this version (Fabric, common/genesis). */
const CONFIGURATION_VERSION = 1;

const NONCE_BYTES = 24;
const METADATA_SLOTS = 5;
const UINT32_MAX = 0xffff_ffff;

/** How the raft orderers of a real network would talk (Fabric, sampleconfig/configtx.yaml). */
const RAFT = {
  tickInterval: '500ms',
  electionTick: 10,
  heartbeatTick: 1,
  maxInflightBlocks: 5,
  snapshotIntervalSize: 16 * 1024 * 1024,
} as const;

/**
 * The first block of a channel, with the configuration that configtxgen would write for the same
 * organisations and Fabric's sample policies. The same arguments give the same bytes: the nonce is
 * derived from the configuration. Source: Fabric, internal/configtxgen/encoder and common/genesis.
 */
export function buildGenesisBlock(specification: GenesisSpecification): common.Block {
  const configuration = new common.Config();
  configuration.setChannelGroup(channelGroup(specification));
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(configuration);
  return firstBlock(envelopeOf(specification, envelope.serializeBinary()).serializeBinary());
}

function firstBlock(envelope: Uint8Array): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(0);
  header.setDataHash(createHash('sha256').update(envelope).digest());
  const data = new common.BlockData();
  data.setDataList([envelope]);
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(0);
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  const slots: Uint8Array[] = Array.from({ length: METADATA_SLOTS }, () => new Uint8Array());
  slots[common.BlockMetadataIndex.SIGNATURES] = metadata(ordererMetadata.serializeBinary());
  slots[common.BlockMetadataIndex.LAST_CONFIG] = metadata(lastConfig.serializeBinary());
  const blockMetadata = new common.BlockMetadata();
  blockMetadata.setMetadataList(slots);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(blockMetadata);
  return block;
}

function metadata(bytes: Uint8Array): Uint8Array {
  const message = new common.Metadata();
  message.setValue(bytes);
  return message.serializeBinary();
}

function envelopeOf(specification: GenesisSpecification, data: Uint8Array): common.Envelope {
  const nonce = createHash('sha256').update(data).digest().subarray(0, NONCE_BYTES);
  const timestamp = new timestampProto.Timestamp();
  timestamp.setSeconds(Math.floor(specification.createdAt.getTime() / 1_000));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(CONFIGURATION_VERSION);
  channelHeader.setTimestamp(timestamp);
  channelHeader.setChannelId(specification.channelId);
  // Nobody has signed: the transaction id is over the nonce alone.
  channelHeader.setTxId(createHash('sha256').update(nonce).digest('hex'));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}

function channelGroup(specification: GenesisSpecification): common.ConfigGroup {
  const channel = configGroup();
  addUsualPolicies(channel);
  const hashing = new common.HashingAlgorithm();
  hashing.setName('SHA256');
  addValue(channel, value.hashingAlgorithm, hashing);
  const structure = new common.BlockDataHashingStructure();
  structure.setWidth(UINT32_MAX);
  addValue(channel, value.blockDataHashingStructure, structure);
  addValue(channel, value.capabilities, capabilities('V2_0'));
  channel.getGroupsMap().set(group.orderer, ordererGroup(specification));
  channel.getGroupsMap().set(group.application, applicationGroup(specification));
  return channel;
}

function ordererGroup(specification: GenesisSpecification): common.ConfigGroup {
  const { batchSize, batchTimeoutMs, ordererOrganisation } = specification;
  const ordering = configGroup();
  addUsualPolicies(ordering);
  addImplicitMetaPolicy(ordering, policy.blockValidation, 'ANY', policy.writers);
  const size = new orderer.BatchSize();
  size.setMaxMessageCount(batchSize.maxMessageCount);
  size.setAbsoluteMaxBytes(batchSize.absoluteMaxBytes);
  size.setPreferredMaxBytes(batchSize.preferredMaxBytes);
  addValue(ordering, value.batchSize, size);
  const timeout = new orderer.BatchTimeout();
  timeout.setTimeout(formatGoDuration(batchTimeoutMs));
  addValue(ordering, value.batchTimeout, timeout);
  addValue(ordering, value.channelRestrictions, new orderer.ChannelRestrictions());
  addValue(ordering, value.capabilities, capabilities('V2_0'));
  addValue(ordering, value.consensusType, consensusType(ordererOrganisation.consenters));
  ordering
    .getGroupsMap()
    .set(ordererOrganisation.mspId, ordererOrganisationGroup(ordererOrganisation));
  return ordering;
}

function ordererOrganisationGroup(organisation: OrdererOrganisationDefinition): common.ConfigGroup {
  const group = organisationGroup(organisation, {
    [policy.readers]: ['MEMBER'],
    [policy.writers]: ['MEMBER'],
    [policy.admins]: ['ADMIN'],
  });
  const endpoints = new common.OrdererAddresses();
  endpoints.setAddressesList(organisation.consenters.map(({ host, port }) => `${host}:${port}`));
  addValue(group, value.endpoints, endpoints);
  return group;
}

function consensusType(consenters: readonly ConsenterDefinition[]): orderer.ConsensusType {
  const options = new orderer.etcdraft.Options();
  options.setTickInterval(RAFT.tickInterval);
  options.setElectionTick(RAFT.electionTick);
  options.setHeartbeatTick(RAFT.heartbeatTick);
  options.setMaxInflightBlocks(RAFT.maxInflightBlocks);
  options.setSnapshotIntervalSize(RAFT.snapshotIntervalSize);
  const raft = new orderer.etcdraft.ConfigMetadata();
  raft.setOptions(options);
  raft.setConsentersList(
    consenters.map(({ host, port, tlsCertificate }) => {
      const consenter = new orderer.etcdraft.Consenter();
      consenter.setHost(host);
      consenter.setPort(port);
      consenter.setClientTlsCert(Buffer.from(tlsCertificate));
      consenter.setServerTlsCert(Buffer.from(tlsCertificate));
      return consenter;
    }),
  );
  const type = new orderer.ConsensusType();
  type.setType('etcdraft');
  type.setMetadata(raft.serializeBinary());
  return type;
}

function applicationGroup({ peerOrganisations }: GenesisSpecification): common.ConfigGroup {
  const application = configGroup();
  addUsualPolicies(application);
  addImplicitMetaPolicy(application, policy.endorsement, 'MAJORITY', policy.endorsement);
  addImplicitMetaPolicy(application, policy.lifecycleEndorsement, 'MAJORITY', policy.endorsement);
  addValue(application, value.capabilities, capabilities('V2_5'));
  for (const organisation of peerOrganisations) {
    application.getGroupsMap().set(organisation.mspId, peerOrganisationGroup(organisation));
  }
  return application;
}

function peerOrganisationGroup(organisation: PeerOrganisationDefinition): common.ConfigGroup {
  const group = organisationGroup(organisation, {
    [policy.readers]: ['ADMIN', 'PEER', 'CLIENT'],
    [policy.writers]: ['ADMIN', 'CLIENT'],
    [policy.admins]: ['ADMIN'],
    [policy.endorsement]: ['PEER'],
  });
  const anchors = organisation.anchorPeers ?? [];
  if (anchors.length === 0) return group;
  const message = new peer.AnchorPeers();
  message.setAnchorPeersList(
    anchors.map(({ host, port }) => {
      const anchor = new peer.AnchorPeer();
      anchor.setHost(host);
      anchor.setPort(port);
      return anchor;
    }),
  );
  addValue(group, value.anchorPeers, message);
  return group;
}

function organisationGroup(
  organisation: OrganisationDefinition,
  policies: Readonly<Record<string, readonly Role[]>>,
): common.ConfigGroup {
  const { mspId } = organisation;
  const group = configGroup();
  const definition = new msp.MSPConfig();
  definition.setType(X509_MSP);
  definition.setConfig(defineMsp(organisation).serializeBinary());
  addValue(group, value.msp, definition);
  for (const [name, roles] of Object.entries(policies)) {
    addSignaturePolicy(
      group,
      name,
      rolesPolicy(
        1,
        roles.map((role) => ({ mspId, role })),
      ),
    );
  }
  return group;
}

function addUsualPolicies(group: common.ConfigGroup): void {
  addImplicitMetaPolicy(group, policy.readers, 'ANY', policy.readers);
  addImplicitMetaPolicy(group, policy.writers, 'ANY', policy.writers);
  addImplicitMetaPolicy(group, policy.admins, 'MAJORITY', policy.admins);
}

function capabilities(name: string): common.Capabilities {
  const message = new common.Capabilities();
  message.getCapabilitiesMap().set(name, new common.Capability());
  return message;
}
