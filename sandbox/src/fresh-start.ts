import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { type NetworkProfile, readNetworkProfile } from '@passport/ledger-client';
import { AppError } from '@passport/runtime';

import { profilePath } from './sandbox-network.ts';

const ANSWER_MS = 2_000;

/** What the sandbox and its devnet make in their folder. */
const made = [
  ...['ledger', 'crypto-material', 'network.json', 'devnet.json', 'logs'],
  ...['connectors', 'keys', 'notable-vehicles.json', 'spill'],
  // What is of another ledger stops the pipeline, and cannot be settled: it goes with its ledger.
  ...['pipeline', 'vin-registry', 'owners', 'market-keys', 'garage-keys', 'insurer-keys', 'bank'],
];

/** The network in the folder runs, so that nothing of it may be thrown away. */
class NetworkRuns extends AppError {
  constructor(directory: string) {
    super(`the network in ${directory} is running: stop it before starting over with --fresh`, {
      code: 'SANDBOX_NETWORK_RUNS',
      retry: 'never',
    });
  }
}

/** Whether a network has been made in the folder before. */
export async function hasNetwork(directory: string): Promise<boolean> {
  return access(profilePath(directory)).then(
    () => true,
    () => false,
  );
}

/**
 * Throws the folder's network away, ledger and certificates, and nothing else that lies there.
 * Throws {@link NetworkRuns}.
 */
export async function startOver(directory: string): Promise<void> {
  if (await hasNetwork(directory)) {
    const profile = await readNetworkProfile(profilePath(directory));
    if (await answers(profile)) throw new NetworkRuns(directory);
  }
  for (const name of made) await rm(join(directory, name), { recursive: true, force: true });
}

/** Whether a peer of this very network answers: another one has other certificates. */
async function answers(profile: NetworkProfile): Promise<boolean> {
  const peer = profile.organisations[0]?.peers[0];
  if (peer === undefined) return false;
  const url = new URL(`https://${peer.address}`);
  const ca = await readFile(peer.tlsRootCertificate);
  return new Promise((done) => {
    const options = { host: url.hostname, port: Number(url.port), ca, servername: url.hostname };
    const socket = connect({ ...options, ALPNProtocols: ['h2'], timeout: ANSWER_MS });
    const finish = (answered: boolean): void => {
      socket.destroy();
      done(answered);
    };
    socket.once('secureConnect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}
