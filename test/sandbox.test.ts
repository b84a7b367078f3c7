import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { vidOfBytes } from '@passport/chaincode';
import { connectLedger, readNetworkProfile } from '@passport/ledger-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { childrenOf, running } from './testing/processes.ts';

const main = fileURLToPath(new URL('../sandbox/src/main.ts', import.meta.url));
const RUN_MS = 60_000;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passport-sandbox-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

type End = { readonly code: number | null; readonly out: string; readonly err: string };

/** One run of the sandbox; `processes` are those that it had started when they were asked for. */
class Run {
  readonly end: Promise<End>;
  readonly #child;
  #out = '';
  #err = '';

  constructor(...args: string[]) {
    const all = [main, '--ports', '0', '--directory', directory, ...args];
    this.#child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.end = once(this.#child, 'close').then(([code]: (number | null)[]) => ({
      code: code ?? null,
      out: this.#out,
      err: this.#err,
    }));
  }

  /** Resolves when that has been printed; rejects when the run ends before. */
  async printed(text: string): Promise<void> {
    while (!this.#out.includes(text)) {
      const more = once(this.#child.stdout, 'data').then(() => undefined);
      const end = await Promise.race([more, this.end]);
      if (end !== undefined) throw new Error(`"${text}" is missing: ${JSON.stringify(end)}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  processes(): number[] {
    return childrenOf(this.#child.pid ?? 0);
  }
}

/** Runs to its end with `--exit-after-demo`, and tells what it started. */
async function runDemo(...args: string[]): Promise<End & { readonly processes: number[] }> {
  const run = new Run('--exit-after-demo', ...args);
  await run.printed('certificates');
  const processes = run.processes();
  return { ...(await run.end), processes };
}

async function areGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => running(pids), { timeout: 10_000 }).toEqual([]);
}

function blockNumbers(out: string): number[] {
  return [...out.matchAll(/■ block (\d+)/g)].map(([, number]) => Number(number));
}

describe('the sandbox', { timeout: RUN_MS }, () => {
  test('shows certificates, blocks, a flagged reading and a conflict, then ends', async () => {
    const { code, out, err, processes } = await runDemo();

    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/GarageMSP +User1@garage\.example +by ca\.garage\.example/);
    expect(out).toMatch(/● GarageMSP +29,500 km {2}⚑ odometer-lower-than-before/);
    expect(out).toMatch(/InsurerMSP +recordMileage +MVCC_READ_CONFLICT/);
    expect(out).toMatch(/now +the value of block \d+, transaction 0, by [0-9a-f]{8}/);
    const blocks = blockNumbers(out);
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks).toEqual(blocks.map((_, index) => index));
    expect(out).not.toContain('{');
    expect(out).not.toContain('\u001b');
    expect(processes).toHaveLength(2);
    await areGone(processes);
  });

  test('goes on with the same chain in a second run, and starts over when asked', async () => {
    const first = blockNumbers((await runDemo()).out);
    const second = await runDemo();
    const kept = join(directory, 'notes.txt');
    await writeFile(kept, 'mine');
    const fresh = await runDemo('--fresh');

    expect(second.code).toBe(0);
    expect(blockNumbers(second.out)[0]).toBe((first.at(-1) ?? 0) + 1);
    expect(blockNumbers(fresh.out)[0]).toBe(0);
    expect(await readFile(kept, 'utf8')).toBe('mine');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind %s in the middle',
    async (signal) => {
      const run = new Run();
      await run.printed('Members record');
      const processes = run.processes();
      run.signal(signal);
      const { code, err } = await run.end;

      expect(err).toBe('');
      expect(code).toBe(0);
      expect(processes).toHaveLength(2);
      await areGone(processes);
    },
  );

  test('leaves nothing behind when it is killed', async () => {
    const run = new Run();
    await run.printed('Members record');
    const processes = run.processes();
    run.signal('SIGKILL');
    await run.end;

    expect(processes).toHaveLength(2);
    await areGone(processes);
  });

  test('stays up, refuses a second one in its folder, and stops on Ctrl-C', async () => {
    const run = new Run();
    await run.printed('Connect your own client');
    const second = await new Run().end;
    const fresh = await new Run('--fresh').end;
    run.signal('SIGINT');

    expect(second.code).toBe(1);
    expect(second.err).toContain(`another devnet is using ${directory}`);
    expect(fresh.code).toBe(1);
    expect(fresh.err).toContain('is running');
    expect(await run.end).toMatchObject({ code: 0, err: '' });
  });

  test("serves a client of one's own and shows its block", async () => {
    const run = new Run();
    await run.printed('Connect your own client');
    const profile = await readNetworkProfile(join(directory, 'network.json'));
    const ledger = await connectLedger(profile, { mspId: 'GarageMSP', user: 'User1' });
    const about = { contract: 'org.hyperledger.fabric', transaction: 'GetMetadata' };
    const metadata = await ledger.evaluate({ chaincode: 'passport', ...about });
    const args = [vidOfBytes(randomBytes(16)), '2026-01-01'];
    const call = { chaincode: 'passport', transaction: 'registerVehicle', args };
    const { transactionId } = await ledger.submit(call);
    await run.printed(`${transactionId.slice(0, 8)}  GarageMSP   registerVehicle`);
    ledger.close();
    run.signal('SIGINT');
    await run.end;

    expect(JSON.parse(Buffer.from(metadata).toString())).toHaveProperty('contracts.Passport');
  });

  test('ends with an error that names the log when the devnet dies', async () => {
    const run = new Run();
    await run.printed('Connect your own client');
    const processes = run.processes();
    const [first = 0] = processes;
    process.kill(first, 'SIGKILL');
    const { code, err } = await run.end;

    expect(code).toBe(1);
    expect(err).toContain(join(directory, 'logs'));
    await areGone(processes);
  });

  test('names a port that is taken and the option to change it', async () => {
    const run = new Run();
    await run.printed('Connect your own client');
    const config = JSON.parse(await readFile(join(directory, 'devnet.json'), 'utf8')) as {
      control: { port: number };
    };
    const other = join(directory, 'other');
    const taken = String(config.control.port);
    const second = await new Run('--directory', other, '--control-port', taken).end;
    run.signal('SIGINT');
    await run.end;

    expect(second.code).toBe(1);
    expect(second.err).toContain(`port ${taken} for the developer controls is taken`);
    expect(second.err).toContain('--control-port');
  });
});
