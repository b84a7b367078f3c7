import { readFile } from 'node:fs/promises';

/** A peer or orderer as clients reach it. */
export type NodeProfile = {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
  /** Path of the certificate in PEM that its TLS certificate chains to. */
  readonly tlsRootCertificate: string;
};

/** What a client needs to use a network; devnet and real Fabric write the same network.json. */
export type NetworkProfile = {
  readonly channel: string;
  /** A folder laid out as cryptogen does. */
  readonly cryptoMaterial: string;
  readonly organisations: readonly {
    readonly mspId: string;
    readonly domain: string;
    readonly peers: readonly NodeProfile[];
    readonly users: readonly string[];
  }[];
  readonly orderers: readonly (NodeProfile & {
    readonly mspId: string;
    readonly domain: string;
  })[];
  readonly chaincodes: readonly { readonly name: string; readonly address: string }[];
  /** Version of the peers, on a real network only. */
  readonly fabricVersion?: string;
  /** URL of the developer controls, on a devnet only. */
  readonly control?: string;
};

/** Reads a network.json that a network has written. */
export async function readNetworkProfile(path: string): Promise<NetworkProfile> {
  return JSON.parse(await readFile(path, 'utf8')) as NetworkProfile;
}
