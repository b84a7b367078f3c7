import { mkdir } from 'node:fs/promises';

import { findBinaries, parseVersion } from './binaries.ts';
import type { FabricBinaries } from './binaries.ts';
import type { ChaincodeOptions } from './chaincode-options.ts';
import { chaincodePackage } from './chaincode-package.ts';
import { provideServer } from './chaincode-server.ts';
import {
  joinOrderer,
  joinPeers,
  makeCryptoMaterial,
  makeGenesisBlock,
  startNodes,
  waitForOrderer,
} from './channel.ts';
import type { Context } from './context.ts';
import { FabricNetworkError, throwIfInterrupted } from './errors.ts';
import { waitForGateways } from './gateway-readiness.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { deployChaincode } from './lifecycle.ts';
import { cleanEnvironment, loggingEnvironment } from './node-environment.ts';
import { runningRecords } from './process-records.ts';
import { runCommand } from './processes.ts';
import { networkProfile, readProfile, writeProfile } from './profile.ts';
import type { ChaincodeProfile, NetworkProfile } from './profile.ts';
import { clearNetwork, lockNetwork } from './network-folder.ts';
import { stopAll } from './running-network.ts';
import { readSettings, writeSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { assignPorts, portCount } from './topology.ts';
import { freePorts, together } from './wait.ts';

/** How a network is started. */
export interface FabricNetworkOptions {
  /** Where everything is kept; made where it does not exist. */
  readonly directory: string;
  readonly chaincodes: readonly ChaincodeOptions[];
  /** The first of `portCount` successive ports; without it, free ones are taken. */
  readonly basePort?: number;
  /** How long the orderer waits for more transactions before it cuts a block; default 200. */
  readonly batchTimeoutMs?: number;
  /** How long a peer waits for a chaincode's answer; default 30000. */
  readonly executeTimeoutMs?: number;
  /** Gives up, and cleans up, when it fires. */
  readonly signal?: AbortSignal;
  /** Takes a line for people at each step. */
  readonly report?: (line: string) => void;
  /** The variables of the caller; PATH is where Fabric's programs are looked for. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A network that runs. */
export interface FabricNetwork {
  readonly profile: NetworkProfile;
  /** Stops all that was started. The ledgers stay, and another start goes on with them. */
  stop(): Promise<void>;
}

const defaultBatchTimeoutMs = 200;
const defaultExecuteTimeoutMs = 30_000;

/**
 * Starts a network and returns when the gateway of each organisation endorses each chaincode. A
 * folder with the ledgers of a stopped network is started again with them, its ports and timeouts;
 * only chaincodes that differ from what is committed are deployed then.
 *
 * A start that fails stops what it has started and removes what it has made, except the logs.
 *
 * @throws FabricNetworkError see `FabricNetworkErrorCode`
 */
export async function startFabricNetwork(options: FabricNetworkOptions): Promise<FabricNetwork> {
  const layout = layoutOf(options.directory);
  const binaries = findBinaries((options.environment ?? process.env)['PATH'] ?? '');
  await mkdir(layout.directory, { recursive: true });
  const unlock = lockNetwork(layout);
  try {
    const stored = readProfile(layout.profile);
    if (stored === undefined) {
      // What an interrupted start may have left behind.
      await stopAll(layout);
      await clearNetwork(layout, { logs: true });
    } else if (runningRecords(layout.processes).length > 0) {
      throw new FabricNetworkError('already-running', `${layout.directory} runs already.`);
    }
    const settings =
      stored === undefined
        ? await newSettings(options)
        : continuedSettings(await readSettings(layout.settings), options);
    try {
      const context = contextOf(options, layout, binaries, settings);
      const profile = await bringUp(context, stored, options.chaincodes);
      return { profile, stop: async () => void (await stopAll(layout)) };
    } catch (error) {
      await stopAll(layout);
      if (stored === undefined) {
        await clearNetwork(layout, { logs: false });
      }
      throw error;
    }
  } finally {
    unlock();
  }
}

/**
 * Deploys chaincodes, new ones and new versions, on a network that runs.
 *
 * @throws FabricNetworkError `not-running`, and as `startFabricNetwork`
 */
export async function deployOnFabricNetwork(
  options: Omit<FabricNetworkOptions, 'basePort' | 'batchTimeoutMs' | 'executeTimeoutMs'>,
): Promise<NetworkProfile> {
  const layout = layoutOf(options.directory);
  const binaries = findBinaries((options.environment ?? process.env)['PATH'] ?? '');
  const stored = readProfile(layout.profile);
  if (stored === undefined || runningRecords(layout.processes).length === 0) {
    throw new FabricNetworkError('not-running', `No network runs in ${layout.directory}.`);
  }
  const unlock = lockNetwork(layout);
  try {
    const settings = await readSettings(layout.settings);
    const context = contextOf(options, layout, binaries, settings);
    return await deployAll(context, stored, options.chaincodes);
  } finally {
    unlock();
  }
}

function contextOf(
  options: Omit<FabricNetworkOptions, 'basePort' | 'batchTimeoutMs' | 'executeTimeoutMs'>,
  layout: Layout,
  binaries: FabricBinaries,
  settings: Settings,
): Context {
  const own = options.environment ?? process.env;
  const environment = cleanEnvironment(own);
  return {
    binaries,
    layout,
    settings,
    environment,
    fabricEnvironment: { ...environment, ...loggingEnvironment(own) },
    report: options.report ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  };
}

async function newSettings(options: FabricNetworkOptions): Promise<Settings> {
  const { basePort } = options;
  const numbers =
    basePort === undefined
      ? await freePorts(portCount)
      : Array.from({ length: portCount }, (_, index) => basePort + index);
  return {
    ports: assignPorts(numbers),
    batchTimeoutMs: options.batchTimeoutMs ?? defaultBatchTimeoutMs,
    executeTimeoutMs: options.executeTimeoutMs ?? defaultExecuteTimeoutMs,
  };
}

/** The settings of a network that is started again; only a peer's own ones can change. */
function continuedSettings(stored: Settings, options: FabricNetworkOptions): Settings {
  const { basePort, batchTimeoutMs, executeTimeoutMs } = options;
  if (
    (basePort !== undefined && basePort !== stored.ports.orderer) ||
    (batchTimeoutMs !== undefined && batchTimeoutMs !== stored.batchTimeoutMs)
  ) {
    throw new FabricNetworkError(
      'usage',
      `The ledgers in ${options.directory} were made with ports from ${stored.ports.orderer} and ` +
        `a batch timeout of ${stored.batchTimeoutMs} ms; \`down --purge\` removes them.`,
    );
  }
  return { ...stored, executeTimeoutMs: executeTimeoutMs ?? stored.executeTimeoutMs };
}

async function bringUp(
  context: Context,
  stored: NetworkProfile | undefined,
  chaincodes: readonly ChaincodeOptions[],
): Promise<NetworkProfile> {
  const { binaries, layout, report, settings, signal } = context;
  const version = await runCommand(
    {
      program: binaries.peer,
      parameters: ['version'],
      environment: context.fabricEnvironment,
      directory: layout.directory,
    },
    signal,
  );
  const fabricVersion = parseVersion(version.stdout);
  report(`Hyperledger Fabric ${fabricVersion}, three organisations, in ${layout.directory}.`);
  await writeSettings(layout.settings, settings);
  if (stored === undefined) {
    await makeCryptoMaterial(context);
    await together(signal, [
      async (signal) => makeGenesisBlock({ ...context, signal }),
      async (signal) => startNodes({ ...context, signal }),
    ]);
    await together(signal, [
      async (signal) => joinOrderer({ ...context, signal }),
      async (signal) => joinPeers({ ...context, signal }),
    ]);
  } else {
    await startNodes(context);
  }
  await waitForOrderer(context);
  report('Orderer and peers run and are on the channel.');
  const profile = networkProfile(layout, settings, fabricVersion, stored?.chaincodes ?? []);
  return deployAll(context, profile, chaincodes);
}

/** Deploys what is not committed already, waits for the gateways, and writes the profile. */
async function deployAll(
  context: Context,
  profile: NetworkProfile,
  chaincodes: readonly ChaincodeOptions[],
): Promise<NetworkProfile> {
  const { layout, report, signal } = context;
  await together(
    signal,
    chaincodes.map(
      (chaincode) => async (signal) => provideServer({ ...context, signal }, chaincode),
    ),
  );
  const committed = new Map(profile.chaincodes.map((chaincode) => [chaincode.name, chaincode]));
  for (const chaincode of chaincodes) {
    if (!isSame(committed.get(chaincode.name), chaincode)) {
      committed.set(chaincode.name, await deployChaincode(context, chaincode));
    }
  }
  const complete = { ...profile, chaincodes: [...committed.values()] };
  const names = chaincodes.map(({ name }) => name);
  await waitForGateways(complete, names, signal);
  throwIfInterrupted(signal);
  writeProfile(layout.profile, complete);
  report('The gateways of all organisations endorse.');
  return complete;
}

function isSame(committed: ChaincodeProfile | undefined, chaincode: ChaincodeOptions): boolean {
  const { name, version, address, policy } = chaincode;
  return (
    committed?.policy === policy &&
    committed.packageId === chaincodePackage(name, version, address).packageId
  );
}
