import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { connectLedger, passportClient, readNetworkProfile } from '@passport/ledger-client';
import {
  amount,
  instantOf,
  organisationAccount,
  parse,
  parseCommandId,
  parseMspId,
} from '@passport/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { childrenOf, running } from './testing/processes.ts';

const main = fileURLToPath(new URL('../sandbox/src/main.ts', import.meta.url));
/** Some runs start everything three times, and machines are shared. */
const RUN_MS = 600_000;

/** Devnet, chaincode, two Redis, listener, speed and batch layer, serving, evaluator, registry, bank, pages. */
const PARTS = 12;
/** Of these the one before the last four is of the pipeline. */
const LAST_OF_PIPELINE = -5;

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
    const data = ['--data', 'none', '--vehicles', '4', '--log', 'embedded'];
    const all = [main, '--ports', '0', '--directory', directory, ...data, ...args];
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
  await run.printed('The consortium');
  const processes = run.processes();
  return { ...(await run.end), processes };
}

/** The batch layer alone may take 30 s to hand back its jobs, when who it talks to was killed with it. */
async function areGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => running(pids), { timeout: 60_000 }).toEqual([]);
}

function numberOf(text = ''): number {
  return Number(text.replaceAll(',', ''));
}

function blockNumbers(out: string): number[] {
  return [...out.matchAll(/■ block (\d+)/g)].map(([, number]) => Number(number));
}

describe('the sandbox', { timeout: RUN_MS }, () => {
  test('founds, feeds, shows blocks, frauds, a conflict and the money, then ends', async () => {
    const { code, out, err, processes } = await runDemo();

    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/GarageMSP +User1@garage\.example +by ca\.garage\.example/);
    expect(out).toContain('7 members founded the consortium');
    expect(out).toMatch(/synthetic-maker +2,920 rows, 0 new vehicles, \d+ events/);
    expect(out).toMatch(/● GarageMSP\/workshop .*⚑ odometer-lower-than-before {2}\(generated\)/);
    expect(out).toMatch(/GarageMSP +Passport:recordEvents +MVCC_READ_CONFLICT/);
    expect(out).toMatch(/now +the value of block \d+, transaction 0, by [0-9a-f]{8}/);
    expect(out).toMatch(/Answers, exact at block \d+/);
    expect(out).toMatch(/curl 'http:\/\/127\.0\.0\.1:\d+\/v1\/views\/usage/);
    expect(out).toMatch(/PCC +75000 out, backed by 1000000 EUR attested by BankMSP/);
    expect(out).toMatch(/deposit +25\.00 EUR at the bank: 25 PCC minted by two members/);
    expect(out).not.toContain('\u001b');
    expect(processes).toHaveLength(PARTS);
    await areGone(processes);
  });

  test('goes on in a second run without a second copy, and starts over when asked', async () => {
    const first = await runDemo();
    const second = await runDemo();
    const kept = join(directory, 'notes.txt');
    await writeFile(kept, 'mine');
    const fresh = await runDemo('--fresh');

    expect(second.code).toBe(0);
    expect(blockNumbers(second.out)[0]).toBe((blockNumbers(first.out).at(-1) ?? 0) + 1);
    expect(second.out).toMatch(/synthetic-maker .* 0 events, \d+ known already/);
    expect(blockNumbers(fresh.out)[0]).toBe(0);
    expect(await readFile(kept, 'utf8')).toBe('mine');
  });

  test('is killed while it feeds, and goes on without losing or repeating anything', async () => {
    const whole = (await runDemo()).out;
    await rm(directory, { recursive: true, force: true });
    const run = new Run();
    await run.printed('trips and mileage');
    const processes = run.processes();
    run.signal('SIGKILL');
    await run.end;
    expect(processes).toHaveLength(PARTS);
    await areGone(processes);
    const { out: resumed, ...ended } = await runDemo();

    expect(ended).toMatchObject({ code: 0, err: '' });
    const [, events] = /synthetic-maker .* ([\d,]+) events/.exec(whole) ?? [];
    const [, more = '0', known = '0'] =
      /synthetic-maker .* ([\d,]+) events(?:, ([\d,]+) known already)?/.exec(resumed) ?? [];
    expect(numberOf(more) + numberOf(known)).toBe(numberOf(events));
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind %s in the middle',
    async (signal) => {
      const run = new Run();
      await run.printed('A synthetic fleet');
      const processes = run.processes();
      run.signal(signal);
      const { code, err } = await run.end;

      expect(err).toBe('');
      expect(code).toBe(0);
      expect(processes).toHaveLength(PARTS);
      await areGone(processes);
    },
  );

  test('leaves nothing behind when it is killed', async () => {
    const run = new Run();
    await run.printed('A synthetic fleet');
    const processes = run.processes();
    run.signal('SIGKILL');
    await run.end;

    expect(processes).toHaveLength(PARTS);
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
    const client = passportClient(ledger, { chaincode: 'passport', random: Math.random });
    const { transactionId } = await client.tokens.openHold({
      commandId: parseCommandId(`test-${randomBytes(8).toString('hex')}`),
      from: organisationAccount(parseMspId('GarageMSP')),
      order: {
        asset: 'PCC-GOLD',
        lane: 0,
        amount: parse(amount, '1'),
        settler: parseMspId('MutualMSP'),
        expiresAt: instantOf(Date.now() + 60_000),
      },
    });
    await run.printed(`${transactionId.slice(0, 8)}  GarageMSP   Tokens:openHold`);
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

  test('ends with an error that names the log when a service of the pipeline dies', async () => {
    const run = new Run();
    await run.printed('Connect your own client');
    const processes = run.processes();
    process.kill(processes.at(LAST_OF_PIPELINE) ?? 0, 'SIGKILL');
    const { code, err } = await run.end;

    expect(code).toBe(1);
    expect(err).toMatch(/the (?:serving|batch|speed|listener) .*has ended/);
    expect(err).toContain(join(directory, 'pipeline'));
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
