import { isDeepStrictEqual } from 'node:util';

import { common } from '@hyperledger/fabric-protos';

import { Channel } from './channel/channel.ts';
import { ConfigError, type DevnetConfig } from './config.ts';
import { ChannelConfiguration } from './configuration/channel-configuration.ts';
import { buildGenesisBlock } from './configuration/genesis-block.ts';
import type { OrganisationDefinition } from './configuration/msp-definition.ts';
import type { OrganisationKind } from './crypto-material/crypto-specification.ts';
import { readNode, readOrganisation } from './crypto-material/read-crypto-material.ts';
import { Committer } from './ledger/committer.ts';
import { Ledger } from './ledger/ledger.ts';
import type { NetworkIdentities } from './network-identities.ts';
import { ORDERER_NODE } from './network-profile.ts';

/** The channel of a devnet with its ledger and configuration, ready to take blocks. */
export type OpenChannel = {
  readonly ledger: Ledger;
  readonly configuration: ChannelConfiguration;
  readonly channel: Channel;
  readonly committer: Committer;
};

/**
 * Opens the ledger in the devnet's folder; an empty one begins with a genesis block made from the
 * configuration. Throws {@link ConfigError} where the ledger is another network's.
 */
export async function openChannel(
  config: DevnetConfig,
  identities: NetworkIdentities,
  now: () => Date,
): Promise<OpenChannel> {
  const ledger = await Ledger.open(config.channel, config.directory);
  try {
    return await channelOver(ledger, config, identities, now);
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function channelOver(
  ledger: Ledger,
  config: DevnetConfig,
  identities: NetworkIdentities,
  now: () => Date,
): Promise<OpenChannel> {
  const stored = ledger.block(0);
  const genesis = stored
    ? common.Block.deserializeBinary(stored)
    : await makeGenesisBlock(config, identities, now());
  const configuration = ChannelConfiguration.fromBlock(genesis);
  checkSameNetwork(config, configuration);
  const { msps, policies } = configuration;
  const peers = identities.peers.map(({ signer }) => msps.deserializeIdentity(signer.serialized));
  const channel = new Channel({ ledger, msps, policies, peers });
  const committer = new Committer({ ledger, channel, signer: identities.orderer });
  if (stored === undefined) await committer.commitGenesis(genesis);
  return { ledger, configuration, channel, committer };
}

async function makeGenesisBlock(
  config: DevnetConfig,
  identities: NetworkIdentities,
  createdAt: Date,
): Promise<common.Block> {
  const { folder } = identities;
  const { mspId, domain } = config.ordererOrganisation;
  const orderer = await readNode(folder, 'orderer', domain, ORDERER_NODE);
  const { timeoutMs, ...batchSize } = config.batch;
  return buildGenesisBlock({
    channelId: config.channel,
    peerOrganisations: await Promise.all(
      config.organisations.map((organisation) =>
        define(folder, 'peer', organisation.mspId, organisation.domain),
      ),
    ),
    ordererOrganisation: {
      ...(await define(folder, 'orderer', mspId, domain)),
      consenters: [{ host: 'localhost', port: 7050, tlsCertificate: orderer.tlsCertificate }],
    },
    batchTimeoutMs: timeoutMs,
    batchSize,
    createdAt,
  });
}

async function define(
  folder: string,
  kind: OrganisationKind,
  mspId: string,
  domain: string,
): Promise<OrganisationDefinition> {
  const { caCertificate, tlsCaCertificate } = await readOrganisation(folder, kind, domain);
  return { mspId, caCertificate, tlsCaCertificate };
}

/** A ledger is bound to its organisations and their certificates by its genesis block. */
function checkSameNetwork(config: DevnetConfig, configuration: ChannelConfiguration): void {
  const recorded = configuration.peerOrganisations.map(({ mspId }) => mspId).sort();
  const wanted = config.organisations.map(({ mspId }) => mspId).sort();
  if (
    configuration.channelId !== config.channel ||
    recorded.length !== wanted.length ||
    recorded.some((mspId, index) => mspId !== wanted[index])
  ) {
    throw new ConfigError(
      `the ledger in ${config.directory} is of channel ${configuration.channelId} and ` +
        `organisations ${recorded.join(', ')}; the configuration asks for ${config.channel} and ` +
        `${wanted.join(', ')}. Use another directory, or delete that one to start over.`,
    );
  }
  const { timeoutMs, ...batchSize } = config.batch;
  const batch = { timeoutMs: configuration.batchTimeoutMs, ...configuration.batchSize };
  if (!isDeepStrictEqual(batch, { timeoutMs, ...batchSize })) {
    throw new ConfigError(
      `the ledger in ${config.directory} was made with batch ${JSON.stringify(batch)}: ` +
        'its genesis block says so. Use the same, or another directory.',
    );
  }
}
