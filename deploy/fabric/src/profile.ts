import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ordererCrypto, peerCrypto } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Settings } from './settings.ts';
import { channelName, ordererOrganisation, peerOrganisations, peerPort } from './topology.ts';

/** A node that clients connect to. */
export interface NodeProfile {
  readonly name: string;
  /** `host:port`; the host is a name that the certificate is valid for. */
  readonly address: string;
  /** A PEM file with the certificate that its TLS certificate is signed by. */
  readonly tlsRootCertificate: string;
}

/** An organisation with its peers and the users that it has certificates for. */
export interface OrganisationProfile {
  readonly mspId: string;
  readonly domain: string;
  readonly peers: readonly NodeProfile[];
  readonly users: readonly string[];
}

/** An orderer and the organisation it belongs to. */
export interface OrdererProfile extends NodeProfile {
  readonly mspId: string;
  readonly domain: string;
}

/** A chaincode as it is committed on the channel. */
export interface ChaincodeProfile {
  readonly name: string;
  /** `host:port` of its server. */
  readonly address: string;
  readonly version: string;
  readonly sequence: number;
  readonly packageId: string;
  /** As in `ChaincodeOptions`. */
  readonly policy: string;
}

/** All that a client has to know of a network: the file network.json. */
export interface NetworkProfile {
  readonly channel: string;
  /** A folder laid out as cryptogen does it; absolute. */
  readonly cryptoMaterial: string;
  readonly organisations: readonly OrganisationProfile[];
  readonly orderers: readonly OrdererProfile[];
  readonly chaincodes: readonly ChaincodeProfile[];
  /** The version of Fabric that the peers run. */
  readonly fabricVersion: string;
  readonly batchTimeoutMs: number;
  readonly executeTimeoutMs: number;
}

/** Describes a network. */
export function networkProfile(
  layout: Layout,
  settings: Settings,
  fabricVersion: string,
  chaincodes: readonly ChaincodeProfile[],
): NetworkProfile {
  const { mspId, domain, orderer } = ordererOrganisation;
  return {
    channel: channelName,
    cryptoMaterial: layout.crypto,
    organisations: peerOrganisations.map((organisation) => ({
      mspId: organisation.mspId,
      domain: organisation.domain,
      peers: [
        {
          name: organisation.peer,
          address: `localhost:${peerPort(settings.ports, organisation.mspId)}`,
          tlsRootCertificate: join(peerCrypto(layout.crypto, organisation), 'tls', 'ca.crt'),
        },
      ],
      users: [`Admin@${organisation.domain}`, `User1@${organisation.domain}`],
    })),
    orderers: [
      {
        mspId,
        domain,
        name: orderer,
        address: `localhost:${settings.ports.orderer}`,
        tlsRootCertificate: join(ordererCrypto(layout.crypto), 'tls', 'ca.crt'),
      },
    ],
    chaincodes,
    fabricVersion,
    batchTimeoutMs: settings.batchTimeoutMs,
    executeTimeoutMs: settings.executeTimeoutMs,
  };
}

/** Writes the profile so that a reader sees the old file or the new one, never a part. */
export function writeProfile(path: string, profile: NetworkProfile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(profile, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Reads a profile; nothing where there is none. */
export function readProfile(path: string): NetworkProfile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as NetworkProfile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
