import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { ProcessError, type RunningProcess, startProcess } from '@passport/runtime';

import { limits } from './consortium.ts';
import { freeAddress } from './free-address.ts';
import type { NetworkProfile } from '@passport/ledger-client';
import { startPassportServer } from './passport-server.ts';
import { startProbeServer } from './probe-server.ts';
import { repositoryFile } from './repository.ts';
import { temporaryFolder } from './temporary-folder.ts';
import type { TestNetwork } from './test-network.ts';

const READY_MS = 120_000;
const STOP_MS = 30_000;

/** Long enough for two transactions, sent one after the other, to get into one block. */
const BATCH_TIMEOUT_MS = 150;

/** Exit code of deploy/fabric/network.ts where Fabric's programs are not on PATH. */
const MISSING = 3;

/** Fabric's programs are not on PATH; the message names those that are missing. */
export class FabricMissingError extends Error {
  readonly code = 'FABRIC_MISSING';

  constructor(message: string) {
    super(message);
    this.name = 'FabricMissingError';
  }
}

const ANY = "OR('MakerMSP.peer','InsurerMSP.peer','GarageMSP.peer')";

/**
 * Starts real Fabric, as deploy/fabric does, with the same chaincodes as the devnet has. Throws
 * {@link FabricMissingError}, and ProcessError where it does not come up.
 */
export async function startFabricNetwork(signal?: AbortSignal): Promise<TestNetwork> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const folder = await temporaryFolder('fabric');
    closers.push(() => folder.remove());
    const chaincodes = await packageChaincodes(['probe', 'open', 'passport']);
    for (const chaincode of chaincodes) {
      if (chaincode.name === 'passport') {
        const server = await startPassportServer(chaincode);
        closers.push(() => server.stop(STOP_MS));
      } else {
        const probe = await startProbeServer(chaincode);
        closers.push(() => probe.stop());
      }
    }
    const directory = join(folder.path, 'network');
    await mkdir(directory);
    const network = await startProcess<NetworkProfile>({
      ...networkCommand([
        ...['up', '--stay', '--purge', '--json', '--directory', directory],
        ...chaincodes.flatMap(({ name, address }) => ['--chaincode', `${name}=${address}`]),
        ...['--policy', 'probe=MAJORITY', '--policy', `open=${ANY}`],
        ...['--policy', 'passport=MAJORITY'],
        ...['--batch-timeout-ms', `${BATCH_TIMEOUT_MS}`],
        ...['--execute-timeout-ms', `${limits.executeTimeoutMs}`],
      ]),
      readyLine: (line) =>
        line.startsWith('{') ? (JSON.parse(line) as NetworkProfile) : undefined,
      readyTimeoutMs: READY_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    closers.push(() => network.stop(STOP_MS));
    return { kind: 'fabric', clocksDiffer: false, profile: network.ready, stop };
  } catch (error) {
    await stop();
    throw missing(error) ?? error;
  }
}

type PackagedChaincode = {
  readonly name: string;
  readonly address: string;
  readonly packageId: string;
};

/** Chooses an address for each chaincode and asks what its package id will be. */
async function packageChaincodes(names: readonly string[]): Promise<PackagedChaincode[]> {
  const addresses = await Promise.all(names.map(() => freeAddress()));
  const options = names.flatMap((name, index) => ['--chaincode', `${name}=${addresses[index]}`]);
  const asked: RunningProcess<{ name: string; packageId: string }[]> = await startProcess({
    ...networkCommand(['package-id', '--json', ...options]),
    readyLine: (line) =>
      line.startsWith('[')
        ? (JSON.parse(line) as { name: string; packageId: string }[])
        : undefined,
    readyTimeoutMs: READY_MS,
  });
  await asked.exited;
  return asked.ready.map(({ name, packageId }, index) => ({
    name,
    packageId,
    address: addresses[index] ?? '',
  }));
}

function networkCommand(args: readonly string[]): { command: string; args: string[] } {
  return { command: process.execPath, args: [repositoryFile('deploy/fabric/network.ts'), ...args] };
}

function missing(error: unknown): FabricMissingError | undefined {
  if (!(error instanceof ProcessError)) return undefined;
  if (!error.message.includes(`ended with code ${MISSING} `)) return undefined;
  return new FabricMissingError(error.message.slice(error.message.indexOf('\n') + 1));
}
