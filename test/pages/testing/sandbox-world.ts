import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  connectLedger,
  passportClient,
  type PassportClient,
  readNetworkProfile,
} from '@passport/ledger-client';
import { type Browser, openBrowser } from '@passport/testkit/browser';

const main = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));

/** What the sandbox prints last before it only shows blocks. */
const READY = 'developer controls:';

/** A sandbox as `npm start` gives it to everybody, and a browser before it. */
export type SandboxWorld = {
  readonly browser: Browser;
  /** Base of the pages. */
  readonly pages: string;
  /** Base of the serving API. */
  readonly api: string;
  readonly directory: string;
  /** The network's profile. */
  readonly profile: string;
  /** All that the sandbox has printed. */
  readonly printed: () => string;
  /** The contracts, as a member sees them: what pages say is compared with it. */
  readonly ledger: PassportClient;
  stop(): Promise<void>;
};

/** Starts a small sandbox to its end, about a minute on a quiet machine. */
export async function startSandboxWorld(): Promise<SandboxWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'passport-pages-'));
  const words = ['--data', 'none', '--vehicles', '12', '--log', 'embedded', '--ports', '0'];
  const child = spawn(process.execPath, [main, '--directory', directory, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let trouble = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text));
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    while (!out.includes(READY)) {
      const more = once(child.stdout, 'data').then(() => true);
      if (!(await Promise.race([more, ended.then(() => false)]))) {
        throw new Error(`the sandbox has ended: ${trouble}\n${out.slice(-2_000)}`);
      }
    }
    const profile = join(directory, 'network.json');
    const connection = await connectLedger(await readNetworkProfile(profile), {
      ...{ mspId: 'InspectionMSP', user: 'User1' },
    });
    const browser = await openBrowser();
    return {
      browser,
      pages: addressIn(out, /Open this address in a browser\s+(\S+)/),
      api: addressIn(out, /API\s+(\S+)\/openapi\.json/),
      directory,
      profile,
      printed: () => out,
      ledger: passportClient(connection, { chaincode: 'passport', random: Math.random }),
      stop: async () => {
        await browser.close();
        connection.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressIn(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`the sandbox does not tell ${pattern}`);
  return found;
}
