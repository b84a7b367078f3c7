/** The ports of one network, all on the loopback. */
export interface Ports {
  readonly orderer: number;
  readonly ordererAdmin: number;
  /** By MSP id: where clients and other peers connect. */
  readonly peers: Readonly<Record<string, number>>;
  /** By MSP id: the peer's own chaincode listener, unused with chaincode servers but always open. */
  readonly peerChaincode: Readonly<Record<string, number>>;
}

/** An organisation with one peer. */
export interface PeerOrganisation {
  readonly mspId: string;
  readonly domain: string;
  readonly peer: string;
  /** The placeholder of the anchor peer's port in configtx.yaml. */
  readonly portPlaceholder: string;
}

/** The channel that all organisations share. */
export const channelName = 'passport';

/** The ordering organisation and its one node, as crypto-config.yaml and configtx.yaml name them. */
export const ordererOrganisation = {
  mspId: 'OrdererMSP',
  domain: 'orderer.example',
  orderer: 'orderer.orderer.example',
} as const;

/** The organisations with a peer, as crypto-config.yaml and configtx.yaml name them. */
export const peerOrganisations: readonly [PeerOrganisation, ...PeerOrganisation[]] = [
  peerOrganisation('MakerMSP', 'maker.example', 'MAKER_PORT'),
  peerOrganisation('InsurerMSP', 'insurer.example', 'INSURER_PORT'),
  peerOrganisation('GarageMSP', 'garage.example', 'GARAGE_PORT'),
];

/** How many ports a network takes. */
export const portCount = 2 + 2 * peerOrganisations.length;

/**
 * Deals given ports out to the nodes: orderer, its administration, the peers, their chaincode
 * listeners.
 *
 * @param numbers `portCount` different port numbers
 */
export function assignPorts(numbers: readonly number[]): Ports {
  const [orderer, ordererAdmin, ...rest] = numbers;
  if (orderer === undefined || ordererAdmin === undefined || numbers.length !== portCount) {
    throw new RangeError(`A network takes ${portCount} ports, not ${numbers.length}.`);
  }
  const peers: Record<string, number> = {};
  const peerChaincode: Record<string, number> = {};
  for (const [index, organisation] of peerOrganisations.entries()) {
    peers[organisation.mspId] = rest[index] ?? 0;
    peerChaincode[organisation.mspId] = rest[peerOrganisations.length + index] ?? 0;
  }
  return { orderer, ordererAdmin, peers, peerChaincode };
}

/** The port of an organisation's peer. Throws for an organisation that has none. */
export function peerPort(ports: Ports, mspId: string): number {
  const port = ports.peers[mspId];
  if (port === undefined) {
    throw new RangeError(`${mspId} has no peer.`);
  }
  return port;
}

function peerOrganisation(
  mspId: string,
  domain: string,
  portPlaceholder: string,
): PeerOrganisation {
  return { mspId, domain, peer: `peer0.${domain}`, portPlaceholder };
}
