import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { devnetCommand, type DevnetConfigInput } from '@passport/devnet';
import { readyEvent, type RunningProcess, startProcess } from '@passport/runtime';

import { type NetworkProfile, readNetworkProfile } from '../network-profile.ts';

const STOP_MS = 10_000;

type Running = RunningProcess<Record<string, unknown>>;

/** A devnet with the chaincode `tiny`, each a process of its own, in a temporary folder. */
export class TestNetwork {
  readonly profile: NetworkProfile;
  readonly #directory: string;
  readonly #chaincode: Running;
  #devnet: Running;

  private constructor(
    directory: string,
    chaincode: Running,
    devnet: Running,
    profile: NetworkProfile,
  ) {
    this.#directory = directory;
    this.#chaincode = chaincode;
    this.#devnet = devnet;
    this.profile = profile;
  }

  static async start(batchTimeoutMs = 10): Promise<TestNetwork> {
    const directory = await mkdtemp(join(tmpdir(), 'passport-ledger-client-'));
    const address = `127.0.0.1:${await freePort()}`;
    const chaincode = await startChaincode(address);
    const config: DevnetConfigInput = {
      directory,
      // A port that stays the same after a restart.
      organisations: await Promise.all(
        ['maker', 'insurer', 'garage'].map(async (name) => ({
          mspId: `${name.charAt(0).toUpperCase()}${name.slice(1)}MSP`,
          domain: `${name}.example`,
          port: await freePort(),
          chaincodes: { tiny: address },
        })),
      ),
      batch: { timeoutMs: batchTimeoutMs },
    };
    await writeFile(join(directory, 'devnet.json'), JSON.stringify(config));
    const devnet = await startDevnet(directory);
    const profile = await readNetworkProfile(String(devnet.ready['profile']));
    return new TestNetwork(directory, chaincode, devnet, profile);
  }

  /** Kills the devnet, as an accident would. */
  async crash(): Promise<void> {
    this.#devnet.kill('SIGKILL');
    await this.#devnet.exited;
  }

  /** Starts the devnet again where it crashed. */
  async restart(): Promise<void> {
    this.#devnet = await startDevnet(this.#directory);
  }

  async stop(): Promise<void> {
    await this.#devnet.stop(STOP_MS);
    await this.#chaincode.stop(0);
    await rm(this.#directory, { recursive: true });
  }
}

function startChaincode(address: string): Promise<Running> {
  return startProcess({
    command: process.execPath,
    args: [fileURLToPath(new URL('tiny-chaincode.ts', import.meta.url))],
    env: { CHAINCODE_SERVER_ADDRESS: address, CHAINCODE_ID: 'tiny' },
    readyLine: readyEvent('chaincode.ready'),
  });
}

function startDevnet(directory: string): Promise<Running> {
  const { command, args } = devnetCommand(join(directory, 'devnet.json'));
  return startProcess({
    command,
    args: [...args, '--stop-on-stdin-end'],
    readyLine: readyEvent('devnet.ready'),
  });
}

/** A port of the loopback interface that nobody listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
