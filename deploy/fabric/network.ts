// The command that brings a real three-organisation Fabric network up and down:
// `node deploy/fabric/network.ts help`.
import { fstatSync } from 'node:fs';

import { chaincodePackage } from './src/chaincode-package.ts';
import { parseCommandLine, usage } from './src/command-line.ts';
import type { CommandLine } from './src/command-line.ts';
import { FabricNetworkError, exitCodes } from './src/errors.ts';
import { deployOnFabricNetwork, startFabricNetwork } from './src/fabric-network.ts';
import { layoutOf } from './src/layout.ts';
import { fabricNetworkStatus, stopFabricNetwork } from './src/running-network.ts';

/** Progress goes to standard error, results to standard output. */
function report(line: string): void {
  console.error(line);
}

function print(line: CommandLine, result: object, text: string): void {
  console.log(line.json ? JSON.stringify(result) : text);
}

async function up(line: CommandLine, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const { profile } = await startFabricNetwork({ ...line, signal, report });
  report(`Ready after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  print(line, profile, layoutOf(line.directory).profile);
  if (line.stay) {
    await untilTold(signal);
    await down(line);
  }
}

/**
 * Waits for the signal or, where standard input is a pipe, for its end: then the process that held
 * the other side is gone, whatever happened to it.
 */
async function untilTold(signal: AbortSignal): Promise<void> {
  const input = fstatSync(0);
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      process.stdin.destroy();
      resolve();
    };
    signal.addEventListener('abort', end);
    if (input.isFIFO() || input.isSocket()) {
      process.stdin.resume().on('end', end).on('error', end);
    }
    if (signal.aborted) {
      end();
    }
  });
}

async function down(line: CommandLine): Promise<void> {
  const stopped = await stopFabricNetwork(line.directory, line.purge);
  report(stopped.length === 0 ? 'Nothing ran.' : `Stopped ${stopped.join(', ')}.`);
}

async function deploy(line: CommandLine, signal: AbortSignal): Promise<void> {
  const profile = await deployOnFabricNetwork({ ...line, signal, report });
  print(line, profile, layoutOf(line.directory).profile);
}

function status(line: CommandLine): void {
  const current = fabricNetworkStatus(line.directory);
  const { profile, processes } = current;
  const lines = processes.map(
    ({ name, pid, running }) => `${running ? 'runs   ' : 'stopped'} ${name} (${pid})`,
  );
  const versions = profile?.chaincodes.map(
    ({ name, version, sequence, address }) =>
      `chaincode ${name} ${version}/${sequence} at ${address}`,
  );
  print(line, current, [...lines, ...(versions ?? [])].join('\n') || 'No network.');
}

function packageIds(line: CommandLine): void {
  const ids = line.chaincodes.map(({ name, version, address }) => ({
    name,
    packageId: chaincodePackage(name, version, address).packageId,
  }));
  print(line, ids, ids.map(({ packageId }) => packageId).join('\n'));
}

async function main(): Promise<void> {
  const line = parseCommandLine(process.argv.slice(2));
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => stop.abort());
  }
  switch (line.verb) {
    case 'up':
      return up(line, stop.signal);
    case 'down':
      return down(line);
    case 'status':
      return status(line);
    case 'deploy':
      return deploy(line, stop.signal);
    case 'package-id':
      return packageIds(line);
    case 'help':
      return console.log(usage);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof FabricNetworkError)) {
    throw error;
  }
  report(error.message);
  process.exitCode = exitCodes[error.code];
}
