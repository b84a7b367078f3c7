import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startProcess } from '@passport/runtime';

import { FabricMissingError, startFabricNetwork } from '../harness/fabric-network.ts';
import { repositoryFile } from '../harness/repository.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';
import type { TestNetwork } from '../harness/test-network.ts';

/**
 * `npm run test:fabric`: brings real Fabric up, runs every `*.fabric.test.ts` on it, says how many
 * scenarios passed, and takes it down whatever happens. Exit code 0 when all passed, and when
 * Fabric is not on this machine: then it prints what was not run. 130 after Ctrl-C.
 */

const SUITE_MS = 15 * 60_000;

type TestResult = { readonly fullName: string; readonly status: string };
type Report = { readonly testResults: readonly { assertionResults: readonly TestResult[] }[] };

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort());
}

process.exitCode = await main();

async function main(): Promise<number> {
  let network: TestNetwork | undefined;
  try {
    print('Starting Hyperledger Fabric: three organisations, one orderer, two chaincodes.');
    network = await startFabricNetwork(stop.signal);
    return await runSuite(network);
  } catch (error) {
    if (error instanceof FabricMissingError) return notRun(error);
    if (stop.signal.aborted) return interrupted();
    throw error;
  } finally {
    await network?.stop();
  }
}

function notRun(error: FabricMissingError): number {
  print(`NOT RUN: the conformance suite on real Fabric. ${error.message}`);
  print('The same scenarios run on the devnet by `npm test`.');
  return 0;
}

function interrupted(): number {
  print('Interrupted; the network is taken down.');
  return 130;
}

/** Runs the tests in a process of their own, which gets the network's profile. */
async function runSuite(network: TestNetwork): Promise<number> {
  const folder = await temporaryFolder('fabric-suite');
  try {
    const profile = join(folder.path, 'network.json');
    await writeFile(profile, JSON.stringify(network.profile));
    const report = join(folder.path, 'report.json');
    const vitest = await startProcess({
      command: process.execPath,
      args: [
        repositoryFile('node_modules/vitest/vitest.mjs'),
        'run',
        ...['--config', fileURLToPath(import.meta.resolve('./vitest.config.ts'))],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      cwd: repositoryFile('.'),
      env: { FABRIC_NETWORK_PROFILE: profile },
      onLine: (line, stream) => process[stream].write(`${line}\n`),
      readyLine: () => true,
      readyTimeoutMs: SUITE_MS,
      signal: stop.signal,
    });
    const onStop = (): void => void vitest.stop(5_000);
    stop.signal.addEventListener('abort', onStop);
    const { code } = await vitest.exited;
    stop.signal.removeEventListener('abort', onStop);
    if (stop.signal.aborted) return interrupted();
    await summarise(network, report);
    return code ?? 1;
  } finally {
    await folder.remove();
  }
}

async function summarise(network: TestNetwork, reportFile: string): Promise<void> {
  const report = JSON.parse(await readFile(reportFile, 'utf8')) as Report;
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.filter(({ status }) => status === 'failed');
  const passed = results.filter(({ status }) => status === 'passed').length;
  for (const { fullName } of failed) print(`failed: ${fullName}`);
  print(
    `Hyperledger Fabric ${network.profile.fabricVersion ?? 'of unknown version'}: ` +
      `${results.length} scenarios, ${passed} passed, ${failed.length} failed.`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
