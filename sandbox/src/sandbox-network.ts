import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chaincodeCommand } from '@passport/chaincode';
import { devnetCommand, type DevnetConfigInput } from '@passport/devnet';
import { type NetworkProfile, readNetworkProfile } from '@passport/ledger-client';
import {
  AppError,
  ProcessError,
  readyEvent,
  type RunningProcess,
  startProcess,
} from '@passport/runtime';

import { CHAINCODE, organisations } from './organisations.ts';
import { findTaken, type Ports, PortTaken } from './ports.ts';

const DEVNET_STOP_MS = 10_000;
const CHAINCODE_STOP_MS = 2_000;

type Child = RunningProcess<Record<string, unknown>>;

/** A devnet and a chaincode server that this process started. */
export type SandboxNetwork = {
  readonly profile: NetworkProfile;
  readonly logs: string;
  /** Settles with what went wrong when either ends by itself; never otherwise. */
  readonly failed: Promise<Error>;
  /** Stops both, the devnet first, so that what is under way can end. */
  stop(): Promise<void>;
};

/** A part of the sandbox could not be started or has ended; the message says where its log is. */
export class PartFailed extends AppError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'SANDBOX_PART_FAILED', retry: 'never', cause });
  }
}

/** The path of the network's profile in the sandbox's folder. */
export function profilePath(directory: string): string {
  return join(directory, 'network.json');
}

/**
 * Starts the devnet and the chaincode server. Nothing stays behind on failure. Throws
 * {@link PortTaken}, {@link PartFailed}, or the signal's reason.
 */
export async function startNetwork(
  directory: string,
  ports: Ports,
  signal: AbortSignal,
): Promise<SandboxNetwork> {
  const logs = join(directory, 'logs');
  await mkdir(logs, { recursive: true });
  const configFile = join(directory, 'devnet.json');
  await writeFile(configFile, `${JSON.stringify(devnetConfig(directory, ports), null, 2)}\n`);
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children) {
      await child.stop(child === children[0] ? DEVNET_STOP_MS : CHAINCODE_STOP_MS);
    }
  };
  const start = async (name: string, command: Command): Promise<Child> => {
    const logFile = join(logs, `${name}.log`);
    const child = await startProcess({
      ...command,
      readyLine: readyEvent(`${name}.ready`),
      logFile,
      signal,
    }).catch((error: unknown) => {
      throw error instanceof ProcessError ? new PartFailed(failure(name, error, logFile)) : error;
    });
    children.push(child);
    return child;
  };
  try {
    // The devnet comes first: it holds the folder's lock, and a second sandbox is to hear of that.
    const { command, args } = devnetCommand(configFile);
    const devnet = await start('devnet', { command, args: [...args, '--stop-on-stdin-end'] });
    const address = `127.0.0.1:${ports.chaincode.port}`;
    const chaincode = await start('chaincode', chaincodeCommand({ address, packageId: CHAINCODE }));
    const profile = await readNetworkProfile(profilePath(directory));
    const failed = Promise.race([
      ended('devnet', devnet, logs),
      ended('chaincode server', chaincode, logs),
    ]);
    return { profile, logs, failed, stop };
  } catch (error) {
    await stop();
    const taken = isLocked(error) ? undefined : await findTaken(ports);
    throw taken !== undefined && !signal.aborted ? new PortTaken(taken) : error;
  }
}

type Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

function devnetConfig(directory: string, ports: Ports): DevnetConfigInput {
  return {
    directory,
    organisations: organisations.map((organisation, index) => ({
      ...organisation,
      port: ports.peers[index]?.port ?? 0,
      chaincodes: { [CHAINCODE]: `127.0.0.1:${ports.chaincode.port}` },
    })),
    control: { port: ports.control.port },
  };
}

async function ended(name: string, child: Child, logs: string): Promise<Error> {
  const { code, signal } = await child.exited;
  return new PartFailed(
    `the ${name} has ended (${signal ?? `code ${code}`}); its log is in ${logs}`,
  );
}

/** A service that fails as expected says so in one line behind its name; else the log tells. */
function failure(name: string, error: ProcessError, logFile: string): string {
  const prefix = `${name}: `;
  const said = error.message.split('\n').findLast((line) => line.startsWith(prefix));
  const reason = said === undefined ? `the ${name} did not start` : said.slice(prefix.length);
  return `${reason} (log: ${logFile})`;
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes('another devnet is using');
}
