import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, credentials } from '@grpc/grpc-js';
import { GatewayError, connect, hash, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';

import { userCrypto } from './layout.ts';
import type { NetworkProfile, OrganisationProfile } from './profile.ts';
import { together, waitUntil } from './wait.ts';

const endorseTimeoutMs = 10_000;
const readyTimeoutMs = 60_000;

/** Every contract of fabric-contract-api has it; it writes nothing. */
const harmlessTransaction = 'org.hyperledger.fabric:GetMetadata';

/**
 * Waits until the gateway of each organisation gets endorsements of all organisations for each
 * chaincode: gossip has told it of the other peers and their chaincodes, and the chaincode servers
 * answer. A definition that is committed is not enough for that.
 */
export async function waitForGateways(
  profile: NetworkProfile,
  chaincodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const mspIds = profile.organisations.map(({ mspId }) => mspId);
  await together(
    signal,
    profile.organisations.map(
      (organisation) => async (signal) =>
        withContracts(profile, organisation, chaincodes, async (contract, name) => {
          let last = '';
          const ready = async (): Promise<boolean> => {
            last = await endorsementFailure(contract, mspIds);
            return last === '';
          };
          const what = `The gateway of ${organisation.mspId} could not endorse ${name}`;
          await waitUntil(() => `${what} (${last})`, ready, readyTimeoutMs, signal);
        }),
    ),
  );
}

async function withContracts(
  profile: NetworkProfile,
  organisation: OrganisationProfile,
  chaincodes: readonly string[],
  use: (contract: Contract, name: string) => Promise<void>,
): Promise<void> {
  const [peer] = organisation.peers;
  const { domain, mspId } = organisation;
  if (peer === undefined) {
    return;
  }
  const user = `User1@${domain}`;
  const msp = join(userCrypto(profile.cryptoMaterial, domain, user), 'msp');
  const certificate = await readFile(join(msp, 'signcerts', `${user}-cert.pem`));
  const key = createPrivateKey(await readFile(join(msp, 'keystore', 'priv_sk')));
  const root = await readFile(peer.tlsRootCertificate);
  const client = new Client(peer.address, credentials.createSsl(root));
  const gateway = connect({
    client,
    identity: { mspId, credentials: certificate },
    signer: signers.newPrivateKeySigner(key),
    hash: hash.sha256,
  });
  try {
    const network = gateway.getNetwork(profile.channel);
    for (const name of chaincodes) {
      await use(network.getContract(name), name);
    }
  } finally {
    gateway.close();
    client.close();
  }
}

/** Why the gateway cannot have a transaction endorsed; empty where it can. */
async function endorsementFailure(contract: Contract, mspIds: string[]): Promise<string> {
  const deadline = (): { deadline: number } => ({ deadline: Date.now() + endorseTimeoutMs });
  try {
    const everywhere = { endorsingOrganizations: mspIds };
    await contract.newProposal(harmlessTransaction, everywhere).endorse(deadline());
    await contract.newProposal(harmlessTransaction).endorse(deadline());
    return '';
  } catch (error) {
    if (!(error instanceof GatewayError)) {
      throw error;
    }
    const messages = error.details.map(({ message }) => message);
    // A chaincode that is no such contract refuses; then it has been reached on every peer, too.
    const refused =
      messages.length > 0 && messages.every((text) => text.startsWith('chaincode response'));
    return refused ? '' : [error.message, ...messages].join('; ');
  }
}
