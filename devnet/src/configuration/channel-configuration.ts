import { common, msp, orderer, peer } from '@hyperledger/fabric-protos';

import { MembershipError, reasonOf } from '../membership/membership-error.ts';
import { MspManager } from '../membership/msp-manager.ts';
import { PolicyManager } from '../membership/policy-manager.ts';
import { group, value } from './config-keys.ts';
import type { BatchSize, Endpoint } from './genesis-block.ts';
import { parseGoDuration } from './go-duration.ts';
import { X509_MSP } from './msp-definition.ts';

/** A block holds no configuration, or one that cannot be used. */
export class ConfigurationError extends Error {
  readonly code = 'malformed-configuration';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigurationError';
  }
}

/** A peer organisation of a channel; TLS certificates in PEM. */
export type ChannelOrganisation = {
  readonly name: string;
  readonly mspId: string;
  readonly tlsRootCertificates: readonly string[];
  readonly anchorPeers: readonly Endpoint[];
};

/** The capabilities that a channel asks of its nodes. */
export type Capabilities = {
  readonly channel: readonly string[];
  readonly orderer: readonly string[];
  readonly application: readonly string[];
};

/** What a channel's configuration says, read once; with its organisations and policies at work. */
export class ChannelConfiguration {
  readonly channelId: string;
  readonly sequence: number;
  readonly msps: MspManager;
  readonly policies: PolicyManager;
  readonly batchSize: BatchSize;
  readonly batchTimeoutMs: number;
  readonly consensusType: string;
  readonly capabilities: Capabilities;
  /** Host and port of each orderer, as `host:port`. */
  readonly ordererAddresses: readonly string[];
  readonly ordererMspIds: readonly string[];
  readonly peerOrganisations: readonly ChannelOrganisation[];
  /** Policy paths by resource, where the channel departs from the usual ones. */
  readonly acls: ReadonlyMap<string, string>;

  private constructor(channelId: string, config: common.Config) {
    const root = required(config.getChannelGroup(), 'config must contain a channel group');
    const ordering = subGroup(root, group.orderer);
    const application = subGroup(root, group.application);
    this.channelId = channelId;
    this.sequence = config.getSequence();
    const definitions = [...organisations(application), ...organisations(ordering)];
    this.msps = new MspManager(definitions.map(({ definition }) => definition));
    this.policies = new PolicyManager(root, this.msps);
    this.batchSize = readBatchSize(ordering);
    this.batchTimeoutMs = readBatchTimeout(ordering);
    this.consensusType = orderer.ConsensusType.deserializeBinary(
      requiredValue(ordering, value.consensusType),
    ).getType();
    this.capabilities = {
      channel: readCapabilities(root),
      orderer: readCapabilities(ordering),
      application: readCapabilities(application),
    };
    this.ordererAddresses = readOrdererAddresses(root, ordering);
    this.ordererMspIds = organisations(ordering).map(({ definition }) => definition.getName());
    this.peerOrganisations = organisations(application).map(({ name, definition, members }) => ({
      name,
      mspId: definition.getName(),
      tlsRootCertificates: this.msps.msp(definition.getName())?.tlsRootCertificates ?? [],
      anchorPeers: readAnchorPeers(members),
    }));
    this.acls = readAcls(application);
  }

  /**
   * Reads a configuration block. Throws {@link ConfigurationError}, or a MembershipError where an
   * organisation's definition or a policy cannot be used.
   */
  static fromBlock(block: common.Block): ChannelConfiguration {
    const [first] = block.getData()?.getDataList_asU8() ?? [];
    if (first === undefined) throw new ConfigurationError('a configuration block without data');
    return decoded(() => {
      const envelope = common.Envelope.deserializeBinary(first);
      const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
      const header = required(payload.getHeader(), 'envelope header cannot be nil');
      const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
      if (channelHeader.getType() !== common.HeaderType.CONFIG) {
        throw new ConfigurationError('not a configuration block');
      }
      const configuration = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8());
      const config = required(configuration.getConfig(), 'channelconfig Config cannot be nil');
      return new ChannelConfiguration(channelHeader.getChannelId(), config);
    });
  }
}

type Organisation = {
  readonly name: string;
  readonly definition: msp.FabricMSPConfig;
  readonly members: common.ConfigGroup;
};

function organisations(parent: common.ConfigGroup): Organisation[] {
  return [...parent.getGroupsMap().entries()].map(([name, members]) => {
    const config = msp.MSPConfig.deserializeBinary(requiredValue(members, value.msp));
    if (config.getType() !== X509_MSP) {
      throw new ConfigurationError(`Setup error: unsupported msp type ${config.getType()}`);
    }
    const definition = msp.FabricMSPConfig.deserializeBinary(config.getConfig_asU8());
    return { name, definition, members };
  });
}

function readBatchSize(ordering: common.ConfigGroup): BatchSize {
  const size = orderer.BatchSize.deserializeBinary(requiredValue(ordering, value.batchSize));
  return {
    maxMessageCount: size.getMaxMessageCount(),
    absoluteMaxBytes: size.getAbsoluteMaxBytes(),
    preferredMaxBytes: size.getPreferredMaxBytes(),
  };
}

function readBatchTimeout(ordering: common.ConfigGroup): number {
  const bytes = requiredValue(ordering, value.batchTimeout);
  return parseGoDuration(orderer.BatchTimeout.deserializeBinary(bytes).getTimeout());
}

function readCapabilities(holder: common.ConfigGroup): string[] {
  const bytes = holder.getValuesMap().get(value.capabilities)?.getValue_asU8();
  if (bytes === undefined) return [];
  return [...common.Capabilities.deserializeBinary(bytes).getCapabilitiesMap().keys()];
}

/** Endpoints of the orderer organisations; the channel's own list where they give none. */
function readOrdererAddresses(root: common.ConfigGroup, ordering: common.ConfigGroup): string[] {
  const own = organisations(ordering).flatMap(({ members }) =>
    readAddresses(members, value.endpoints),
  );
  return own.length > 0 ? own : readAddresses(root, value.ordererAddresses);
}

function readAddresses(holder: common.ConfigGroup, key: string): string[] {
  const bytes = holder.getValuesMap().get(key)?.getValue_asU8();
  return bytes === undefined
    ? []
    : common.OrdererAddresses.deserializeBinary(bytes).getAddressesList();
}

function readAnchorPeers(members: common.ConfigGroup): Endpoint[] {
  const bytes = members.getValuesMap().get(value.anchorPeers)?.getValue_asU8();
  if (bytes === undefined) return [];
  return peer.AnchorPeers.deserializeBinary(bytes)
    .getAnchorPeersList()
    .map((anchor) => ({ host: anchor.getHost(), port: anchor.getPort() }));
}

function readAcls(application: common.ConfigGroup): Map<string, string> {
  const acls = new Map<string, string>();
  const bytes = application.getValuesMap().get(value.acls)?.getValue_asU8();
  if (bytes === undefined) return acls;
  for (const [resource, acl] of peer.ACLs.deserializeBinary(bytes).getAclsMap().entries()) {
    acls.set(resource, acl.getPolicyRef());
  }
  return acls;
}

function subGroup(parent: common.ConfigGroup, name: string): common.ConfigGroup {
  return required(parent.getGroupsMap().get(name), `the configuration has no group ${name}`);
}

function requiredValue(holder: common.ConfigGroup, key: string): Uint8Array {
  const found = required(holder.getValuesMap().get(key), `the configuration has no value ${key}`);
  return found.getValue_asU8();
}

function required<T>(found: T | undefined, message: string): T {
  if (found === undefined) throw new ConfigurationError(message);
  return found;
}

/** Reads protobuf messages; what the decoder throws is about the bytes, so it is our error. */
function decoded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof MembershipError) throw error;
    throw new ConfigurationError(`cannot read the configuration: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
