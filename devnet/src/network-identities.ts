import { join } from 'node:path';

import type { DevnetConfig } from './config.ts';
import { generateCryptoMaterial } from './crypto-material/generate-crypto-material.ts';
import {
  type IdentityMaterial,
  readNode,
  readUser,
} from './crypto-material/read-crypto-material.ts';
import { SigningIdentity } from './membership/signing-identity.ts';
import { ORDERER_NODE, PEER_NODE } from './network-profile.ts';

/** A peer of the devnet: it signs endorsements, and serves clients over TLS. */
export type PeerIdentity = {
  readonly mspId: string;
  readonly domain: string;
  readonly signer: SigningIdentity;
  readonly material: IdentityMaterial;
};

/** All who act for the network itself. */
export type NetworkIdentities = {
  /** Folder of the certificates and keys, laid out as cryptogen does. */
  readonly folder: string;
  readonly peers: readonly PeerIdentity[];
  readonly orderer: SigningIdentity;
  /** Deploys chaincodes: the first organisation's administrator. */
  readonly admin: SigningIdentity;
};

/** Users that every organisation gets, beside its administrator. */
const USERS = [{ name: 'User1' }];

/** Makes what certificates are missing, and reads those that the network acts with. */
export async function loadNetworkIdentities(
  config: DevnetConfig,
  now: () => Date,
): Promise<NetworkIdentities> {
  const folder = join(config.directory, 'crypto-material');
  const { mspId, domain } = config.ordererOrganisation;
  await generateCryptoMaterial(
    folder,
    {
      peerOrganisations: config.organisations.map((organisation) => ({
        domain: organisation.domain,
        nodes: [PEER_NODE],
        users: USERS,
      })),
      ordererOrganisations: [{ domain, nodes: [ORDERER_NODE], users: [] }],
    },
    now,
  );
  const [first] = config.organisations;
  if (first === undefined) throw new Error('a network without organisations');
  const peers = config.organisations.map(async (organisation) => {
    const material = await readNode(folder, 'peer', organisation.domain, PEER_NODE);
    return { ...organisation, material, signer: signerOf(organisation.mspId, material) };
  });
  return {
    folder,
    peers: await Promise.all(peers),
    orderer: signerOf(mspId, await readNode(folder, 'orderer', domain, ORDERER_NODE)),
    admin: signerOf(first.mspId, await readUser(folder, 'peer', first.domain, 'Admin')),
  };
}

function signerOf(mspId: string, material: IdentityMaterial): SigningIdentity {
  return new SigningIdentity(mspId, material.certificate, material.privateKey);
}
