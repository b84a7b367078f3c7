import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DevnetConfig } from './config.ts';
import { nodePaths, organisationPaths } from './crypto-material/crypto-layout.ts';

/** Name of an organisation's one peer, without the domain. */
export const PEER_NODE = 'peer0';
/** Name of the one orderer, without the domain. */
export const ORDERER_NODE = 'orderer';

/** What a client needs to use the network; the same for the devnet and a real one. */
export type NetworkProfile = {
  readonly channel: string;
  /** A folder laid out as cryptogen does. */
  readonly cryptoMaterial: string;
  readonly organisations: readonly {
    readonly mspId: string;
    readonly domain: string;
    readonly peers: readonly PeerProfile[];
    readonly users: readonly string[];
  }[];
  readonly orderers: readonly (PeerProfile & {
    readonly mspId: string;
    readonly domain: string;
  })[];
  readonly chaincodes: readonly { readonly name: string; readonly address: string }[];
  /** Developer controls, where they are on. */
  readonly control?: string;
};

type PeerProfile = {
  readonly name: string;
  /** `host:port`; the orderer of a devnet has none of its own: its peers submit to it. */
  readonly address: string;
  readonly tlsRootCertificate: string;
};

/** Describes a running devnet. `ports` are those that its peers listen on, by MSP id. */
export async function describeNetwork(
  config: DevnetConfig,
  cryptoMaterial: string,
  ports: ReadonlyMap<string, number>,
  control: string | undefined,
): Promise<NetworkProfile> {
  const { mspId, domain } = config.ordererOrganisation;
  const organisations = await Promise.all(
    config.organisations.map(async (organisation) => ({
      mspId: organisation.mspId,
      domain: organisation.domain,
      peers: [
        {
          name: `${PEER_NODE}.${organisation.domain}`,
          address: `${hostOf(config, organisation.domain)}:${ports.get(organisation.mspId) ?? organisation.port}`,
          tlsRootCertificate: tlsRoot(cryptoMaterial, 'peer', organisation.domain, PEER_NODE),
        },
      ],
      users: await readdir(
        organisationPaths(cryptoMaterial, 'peer', organisation.domain).usersFolder,
      ),
    })),
  );
  return {
    channel: config.channel,
    cryptoMaterial,
    organisations,
    orderers: [
      {
        mspId,
        domain,
        name: `${ORDERER_NODE}.${domain}`,
        address: organisations[0]?.peers[0]?.address ?? '',
        tlsRootCertificate: tlsRoot(cryptoMaterial, 'orderer', domain, ORDERER_NODE),
      },
    ],
    chaincodes: config.organisations.flatMap(({ chaincodes }) =>
      Object.entries(chaincodes).map(([name, address]) => ({ name, address })),
    ),
    ...(control === undefined ? {} : { control }),
  };
}

/** What clients call the peer of a domain: one of the names in its TLS certificate. */
function hostOf({ reach }: DevnetConfig, domain: string): string {
  return reach === 'loopback' ? 'localhost' : `${PEER_NODE}.${domain}`;
}

/** Writes the profile so that no reader ever sees half of it; returns its path. */
export async function writeProfile(directory: string, profile: NetworkProfile): Promise<string> {
  const path = join(directory, 'network.json');
  await writeFile(`${path}.draft`, `${JSON.stringify(profile, null, 2)}\n`);
  await rename(`${path}.draft`, path);
  return path;
}

function tlsRoot(folder: string, kind: 'peer' | 'orderer', domain: string, node: string): string {
  return nodePaths(organisationPaths(folder, kind, domain), node, domain).tlsCaCertificate;
}
