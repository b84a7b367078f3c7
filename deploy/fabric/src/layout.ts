import { join, resolve } from 'node:path';

import { ordererOrganisation } from './topology.ts';
import type { PeerOrganisation } from './topology.ts';

/** Where things lie in a network's folder. All paths are absolute. */
export interface Layout {
  readonly directory: string;
  /** What cryptogen made. */
  readonly crypto: string;
  /** configtx.yaml with ports and timeouts filled in. */
  readonly configtx: string;
  /** The channel's first block. */
  readonly genesisBlock: string;
  /** The chaincode packages that were installed. */
  readonly packages: string;
  /** Ledgers and states, a folder for each node. */
  readonly nodes: string;
  readonly logs: string;
  /** A record for each process that was started. */
  readonly processes: string;
  /** The ports and timeouts that the network was made with. */
  readonly settings: string;
  /** The profile for clients; present once the network is complete. */
  readonly profile: string;
}

/** Names the files of the network in a folder. */
export function layoutOf(directory: string): Layout {
  const root = resolve(directory);
  return {
    directory: root,
    crypto: join(root, 'crypto'),
    configtx: join(root, 'configtx.yaml'),
    genesisBlock: join(root, 'genesis.block'),
    packages: join(root, 'packages'),
    nodes: join(root, 'nodes'),
    logs: join(root, 'logs'),
    processes: join(root, 'processes'),
    settings: join(root, 'settings.json'),
    profile: join(root, 'network.json'),
  };
}

/** Where cryptogen puts a peer's `msp` and `tls` folders. */
export function peerCrypto(crypto: string, organisation: PeerOrganisation): string {
  const { domain, peer } = organisation;
  return join(crypto, 'peerOrganizations', domain, 'peers', peer);
}

/** Where cryptogen puts the `msp` and `tls` folders of a user such as `Admin@maker.example`. */
export function userCrypto(crypto: string, domain: string, user: string): string {
  return join(crypto, 'peerOrganizations', domain, 'users', user);
}

/** Where cryptogen puts the orderer's `msp` and `tls` folders. */
export function ordererCrypto(crypto: string): string {
  const { domain, orderer } = ordererOrganisation;
  return join(crypto, 'ordererOrganizations', domain, 'orderers', orderer);
}

/** Where cryptogen puts the `msp` and `tls` folders of the ordering organisation's administrator. */
export function ordererAdminCrypto(crypto: string): string {
  const { domain } = ordererOrganisation;
  return join(crypto, 'ordererOrganizations', domain, 'users', `Admin@${domain}`);
}
