import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fillConfigtx } from './configtx.ts';
import { configurationFolder } from './context.ts';
import type { Context } from './context.ts';
import { FabricNetworkError } from './errors.ts';
import { ordererAdminCrypto, ordererCrypto } from './layout.ts';
import {
  administratorEnvironment,
  ordererEnvironment,
  peerEnvironment,
} from './node-environment.ts';
import type { Environment } from './node-environment.ts';
import { assertRunning, flags, runCommand, startProcess } from './processes.ts';
import { channelName, ordererOrganisation, peerOrganisations, peerPort } from './topology.ts';
import type { PeerOrganisation } from './topology.ts';
import { isListening, together, waitUntil } from './wait.ts';

const nodeStartTimeoutMs = 30_000;
const leaderTimeoutMs = 30_000;

/** Makes keys and certificates for all nodes and users. */
export async function makeCryptoMaterial(context: Context): Promise<void> {
  const { binaries, fabricEnvironment: environment, layout, signal } = context;
  const config = join(configurationFolder, 'crypto-config.yaml');
  const parameters = ['generate', `--config=${config}`, `--output=${layout.crypto}`];
  const directory = layout.directory;
  await runCommand({ program: binaries.cryptogen, parameters, environment, directory }, signal);
}

/** Makes the channel's first block. The crypto material has to be there. */
export async function makeGenesisBlock(context: Context): Promise<void> {
  const { binaries, fabricEnvironment: environment, layout, settings, signal } = context;
  const template = await readFile(join(configurationFolder, 'configtx.yaml'), 'utf8');
  await writeFile(layout.configtx, fillConfigtx(template, settings));
  const parameters = flags({
    '-profile': 'Passport',
    '-channelID': channelName,
    '-configPath': layout.directory,
    '-outputBlock': layout.genesisBlock,
  });
  const directory = layout.directory;
  await runCommand({ program: binaries.configtxgen, parameters, environment, directory }, signal);
}

/** Starts the orderer and the peers, and returns when all of them accept connections. */
export async function startNodes(context: Context): Promise<void> {
  const { binaries, layout, settings, signal } = context;
  const orderer = async (signal: AbortSignal): Promise<void> =>
    startNode(
      { ...context, signal },
      ordererOrganisation.orderer,
      [binaries.orderer],
      ordererEnvironment(layout, settings, configurationFolder),
      [settings.ports.orderer, settings.ports.ordererAdmin],
    );
  const peers = peerOrganisations.map(
    (organisation) => async (signal: AbortSignal) =>
      startNode(
        { ...context, signal },
        organisation.peer,
        [binaries.peer, 'node', 'start'],
        peerEnvironment(organisation, layout, settings, configurationFolder),
        [peerPort(settings.ports, organisation.mspId)],
      ),
  );
  await together(signal, [orderer, ...peers]);
}

/** Brings the orderer onto the channel. */
export async function joinOrderer(context: Context): Promise<void> {
  const { binaries, fabricEnvironment: environment, layout, settings, signal } = context;
  const admin = join(ordererAdminCrypto(layout.crypto), 'tls');
  const options = flags({
    '--channelID': channelName,
    '--config-block': layout.genesisBlock,
    '--orderer-address': `localhost:${settings.ports.ordererAdmin}`,
    '--ca-file': join(ordererCrypto(layout.crypto), 'tls', 'ca.crt'),
    '--client-cert': join(admin, 'client.crt'),
    '--client-key': join(admin, 'client.key'),
  });
  const parameters = ['channel', 'join', ...options];
  const directory = layout.directory;
  const { stdout } = await runCommand(
    { program: binaries.osnadmin, parameters, environment, directory },
    signal,
  );
  // osnadmin ends with 0 even where the orderer refused; it prints the HTTP status.
  if (!/^Status: 201$/m.test(stdout)) {
    throw new FabricNetworkError('command-failed', `osnadmin channel join: ${stdout.trim()}`);
  }
}

/**
 * Waits until the orderer takes transactions: it has to be elected after each start. It delivers no
 * block before (orderer/consensus/etcdraft, `Errored`), so that a block is asked for.
 */
export async function waitForOrderer(context: Context): Promise<void> {
  const { layout, signal } = context;
  const [organisation] = peerOrganisations;
  const file = join(layout.directory, 'oldest.block');
  const options = ['--channelID', channelName, ...ordererParameters(context)];
  const elected = async (): Promise<boolean> => {
    try {
      await runAsAdministrator(context, organisation, [
        'channel',
        'fetch',
        'oldest',
        file,
        ...options,
      ]);
      return true;
    } catch (error) {
      if (error instanceof FabricNetworkError && error.message.includes('SERVICE_UNAVAILABLE')) {
        return false;
      }
      throw error;
    }
  };
  await waitUntil('The orderer was not elected', elected, leaderTimeoutMs, signal);
  await rm(file);
}

/** How the `peer` command line is told the orderer. */
export function ordererParameters({ layout, settings }: Context): string[] {
  const options = flags({
    '--orderer': `localhost:${settings.ports.orderer}`,
    '--cafile': join(ordererCrypto(layout.crypto), 'tls', 'ca.crt'),
  });
  return [...options, '--tls'];
}

/** Runs the `peer` command line for the administrator of an organisation; returns what it prints. */
export async function runAsAdministrator(
  context: Context,
  organisation: PeerOrganisation,
  parameters: readonly string[],
): Promise<string> {
  const { binaries, fabricEnvironment: environment, layout, settings, signal } = context;
  const own = administratorEnvironment(organisation, layout, settings, configurationFolder);
  const command = {
    program: binaries.peer,
    parameters,
    environment: { ...environment, ...own },
    directory: layout.directory,
  };
  const { stdout } = await runCommand(command, signal);
  return stdout;
}

/** Brings all peers onto the channel. */
export async function joinPeers(context: Context): Promise<void> {
  const { layout, signal } = context;
  const parameters = ['channel', 'join', '-b', layout.genesisBlock];
  await together(
    signal,
    peerOrganisations.map(
      (organisation) => async (signal) =>
        runAsAdministrator({ ...context, signal }, organisation, parameters),
    ),
  );
}

async function startNode(
  context: Context,
  name: string,
  [program, ...parameters]: readonly [string, ...string[]],
  environment: Environment,
  ports: readonly number[],
): Promise<void> {
  const { layout, signal } = context;
  for (const port of ports) {
    if (await isListening('127.0.0.1', port)) {
      throw new FabricNetworkError('port-taken', `${name} cannot have port ${port}: it is in use.`);
    }
  }
  const directory = join(layout.nodes, name);
  await mkdir(directory, { recursive: true });
  const command = {
    program,
    parameters,
    environment: { ...context.fabricEnvironment, ...environment },
    directory,
  };
  const record = await startProcess(name, command, layout);
  const ready = async (): Promise<boolean> => {
    assertRunning(record, layout);
    const answers = await Promise.all(ports.map(async (port) => isListening('127.0.0.1', port)));
    return answers.every(Boolean);
  };
  await waitUntil(`${name} did not start`, ready, nodeStartTimeoutMs, signal);
}
