import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DuckDBInstance } from '@duckdb/node-api';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import {
  amountOf,
  type Distribution,
  keyId,
  microOf,
  parse,
  type SettlementAudit,
} from '@passport/model';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { Auditor, differing } from './testing/audited-settlements.ts';
import { grantToBuyer } from './testing/grant-to-buyer.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
const START_MS = 900_000;
const STEP_MS = 180_000;
const SETTLED = { timeout: 180_000, interval: 1_000 };

let folder: TemporaryFolder;
let sandbox: ReturnType<typeof spawn>;
let out = '';
let env: NodeJS.ProcessEnv;

/** A sandbox that has shown everything, its own purchase included, and stays up. */
beforeAll(async () => {
  folder = await temporaryFolder('first-answer');
  const options = ['--ports', '0', '--directory', join(folder.path, 'sandbox'), '--data', 'none'];
  const all = [pathOf('sandbox/src/main.ts'), ...options, '--vehicles', '60', '--log', 'embedded'];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  sandbox = child;
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await vi.waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`the sandbox has ended: ${errors}`);
      return out.includes('Connect your own client');
    },
    { timeout: START_MS, interval: 200 },
  );
  env = { ...process.env, PASSPORT_API: addressOf('API'), PASSPORT_BANK: addressOf('bank') };
}, START_MS);

afterAll(async () => {
  if (sandbox.exitCode === null) {
    const ended = once(sandbox, 'close');
    sandbox.kill('SIGINT');
    await ended;
  }
  await folder.remove();
}, STEP_MS);

function addressOf(name: string): string {
  const found = new RegExp(`^  ${name} +(http://[0-9.:]+)`, 'm').exec(out)?.[1];
  if (found === undefined) throw new Error(`the sandbox does not say where its ${name} is: ${out}`);
  return found;
}

type Shown = { readonly code: number; readonly out: string; readonly error: string };

/** Runs the command in the buyer's folder, as a person does. */
function passport(...args: readonly string[]): Promise<Shown> {
  const command = [pathOf('client/src/main.ts'), ...args];
  return new Promise((done) => {
    execFile(process.execPath, command, { env, cwd: folder.path }, (failed, shown, error) => {
      const code = failed === null ? 0 : Number(failed.code ?? -1);
      done({ code, out: shown, error });
    });
  });
}

describe('a newcomer with an empty folder', { timeout: START_MS }, () => {
  test('sees what the sandbox has shown: a purchase, and where its money went', () => {
    expect(out).toMatch(/deposit +25\.00 EUR at the bank: 25 PCC minted by two members/);
    expect(out).toMatch(/402, and a quote: 0\.00\d+ PCC at most/);
    expect(out).toMatch(/settled +0\.\d+ PCC taken from tabs/);
    expect(out).toMatch(/claim +0\.\d+ PCC came to key:/);
  });

  test('is told what to do before there is a key, money, a tab', async () => {
    const unready = await passport('query', 'usage', '--metrics', 'trips');
    expect(unready).toMatchObject({ code: 2, out: '' });
    expect(unready.error).toContain('passport keys new');
    expect((await passport('keys', 'new')).out).toMatch(/^key:/);
    expect((await passport('keys', 'new')).code).toBe(2);
    expect((await passport('tab', 'open', '1')).error).toContain('passport deposit');
    const noTab = await passport('query', 'usage', '--metrics', 'trips');
    expect(noTab.error).toContain('passport tab open');
  });

  test('pays in, opens a tab, and buys a Parquet file that others read', async () => {
    expect((await passport('deposit', '5')).out).toContain('5 PCC to spend');
    expect((await passport('tab', 'open', '1')).out).toContain('1 PCC set aside');
    const question = ['usage', '--metrics', 'trips,distanceM', '--by', 'brand'];
    expect((await passport('quote', ...question)).out).toMatch(/^0\.00\d+ PCC at most/);
    const bought = await passport('query', ...question, '--out', 'usage.parquet');
    expect(bought).toMatchObject({ code: 0, error: '' });
    expect(bought.out).toMatch(/0\.00\d+ PCC paid for fleet-usage 1, exact at block \d+/);
    const file = join(folder.path, 'usage.parquet');
    const database = await DuckDBInstance.create();
    const connection = await database.connect();
    const read = await connection.runAndReadAll(`SELECT brand, trips FROM '${file}'`);
    expect(read.getRows().length).toBeGreaterThan(0);
    connection.closeSync();
    database.closeSync();
  });

  test('does not pay for a file that is there already, nor above a limit', async () => {
    const again = await passport('query', 'usage', '--out', 'usage.parquet');
    expect(again).toMatchObject({ code: 2 });
    expect(again.error).toContain('is there already');
    const dear = await passport('query', 'usage', '--at-most', '0.000001');
    expect(dear.error).toContain('PRICE_ABOVE_LIMIT');
  });

  test('buys the answer to a statement, paying for the rows that it has', async () => {
    const sql = 'SELECT brand, sum(trips) AS trips FROM released_usage GROUP BY brand';
    const bought = await passport('sql', 'fleet-usage', sql, '--rows-max', '100', '--out', 'a.csv');
    expect(bought.out).toMatch(/0\.02\d* PCC paid, of 0\.022 PCC at most/);
    expect(await readFile(join(folder.path, 'a.csv'), 'utf8')).toMatch(/^brand,trips\r?\n/);
  });

  test('finds the receipt in a settlement, and its root at a peer of another member', async () => {
    const profile = join(folder.path, 'sandbox', 'network.json');
    const paper = 'usage.parquet.receipt.json';
    const checked = await vi.waitUntil(async () => {
      const shown = await passport(
        ...['verify-receipt', paper, '--profile', profile, '--msp', 'InsurerMSP'],
      );
      return shown.code !== 0 || !shown.out.includes('not settled yet') ? shown : undefined;
    }, SETTLED);
    expect(checked).toMatchObject({ code: 0, error: '' });
    expect(checked?.out).toContain('ok  for the bytes of usage.parquet, and for your key');
    expect(checked?.out).toMatch(/ok {2}leaf \d+ of \d+ of settlement \d+/);
    expect(checked?.out).toContain('ok  the peer of InsurerMSP has that root');
    const other = await passport('verify-receipt', paper, '--answer', 'a.csv');
    expect(other).toMatchObject({
      code: 2,
      error: expect.stringContaining('other bytes') as string,
    });
  });

  test('buys the log book and the driving of a car that its owner has granted', async () => {
    const stranger = await passport('query', '--vid', 'aaaaaaaaaaaaaaaaaaaaaaaaaa');
    expect(stranger).toMatchObject({
      code: 2,
      error: expect.stringContaining('VEHICLE_UNKNOWN') as string,
    });
    const account = /^key:(\S+)/.exec((await passport('keys', 'show')).out)?.[1];
    const vid = await grantToBuyer(join(folder.path, 'sandbox'), parse(keyId, account));
    // The grant counts from the block on that the pipeline has brought here.
    const book = await vi.waitUntil(async () => {
      const shown = await passport('query', '--vid', vid, '--out', 'book.json');
      return shown.code === 0 ? shown : undefined;
    }, SETTLED);
    expect(book.out).toMatch(/PCC paid for vehicle-history 1, exact at block \d+/);
    const bought = JSON.parse(await readFile(join(folder.path, 'book.json'), 'utf8')) as {
      readonly events: readonly { readonly kind: string }[];
    };
    expect(bought.events.length).toBeGreaterThan(0);
    const months = ['--from', '2023-12', '--to', '2026-11'];
    const priced = await passport('driving', '--vid', vid, ...months, '--quote');
    expect(priced.out).toMatch(/PCC at most, for monthly-driving 1/);
    const driving = await passport('driving', '--vid', vid, ...months, '--out', 'driving.csv');
    expect(driving).toMatchObject({ code: 0, error: '' });
    // Which car visitors have is by chance: most have no trips, and what rests on no data costs nothing.
    const hasTrips = bought.events.some(({ kind }) => kind === 'trip');
    const paid = / PCC paid, of \d+\.\d+ PCC at most for monthly-driving 1/;
    const free = /free: it rests on no data/;
    expect(driving.out).toMatch(hasTrips ? new RegExp(`${paid.source}|${free.source}`) : free);
    expect(await readFile(join(folder.path, 'driving.csv'), 'utf8')).toMatch(
      /^vehicle,month,trips,distanceM/,
    );
    const foreign = await passport('driving', '--vehicle', `v-${'A'.repeat(72)}`, ...months);
    expect(foreign.error).toContain('VEHICLE_UNKNOWN: vehicle 1: it is no reference of yours');
    // Last, so that many told of what the newest settlement has.
    const last = await passport('query', 'usage', '--metrics', 'trips', '--out', 'last.json');
    expect(last).toMatchObject({ code: 0, error: '' });
  });

  test('sees what was spent, gets euros back, and closes the tab', async () => {
    expect((await passport('usage')).out).toMatch(/open: 0\.\d+ PCC spent of 1 PCC/);
    const redeemed = await passport('redeem', '1.50', '--iban', 'DE89370400440532013000');
    expect(redeemed.out).toContain('1.50 EUR are paid out');
    expect((await passport('keys', 'show')).out).toContain('2.5 PCC in all, 2.5 PCC to spend');
    const closed = await passport('tab', 'close');
    expect(closed).toMatchObject({ code: 0 });
    expect(closed.out).toMatch(/closing|closed/);
    await vi.waitUntil(
      async () => / 3\.\d+ PCC in all/.test((await passport('keys', 'show')).out),
      SETTLED,
    );
  });
});

describe('a source', { timeout: START_MS }, () => {
  test('sees by its certificate what its organisation has earned, and nobody else does', async () => {
    const profile = join(folder.path, 'sandbox', 'network.json');
    const asked = ['statement', '--profile', profile];
    const shown = await passport(...asked, '--msp', 'MakerMSP');
    expect(shown).toMatchObject({ code: 0, error: '' });
    expect(shown.out).toMatch(/^org:MakerMSP\n {2}0\.\d+ PCC earned/);
    expect(shown.out).toMatch(/distribution \d+ .*PCC, as source/);
    const half = await passport('statement', '--msp', 'MakerMSP');
    expect(half.error).toContain('--msp and --profile come together');
  });
});

describe('an auditor', { timeout: START_MS }, () => {
  let auditor: Auditor;
  let newest = 0;
  beforeAll(async () => {
    // All that was bought above is settled and shared out, the newcomer's purchases among it.
    newest = await vi.waitUntil(async () => {
      const answer = await fetch(`${addressOf('API')}/v1/market/summary`);
      const { waiting, settled, distributed } = (await answer.json()) as MarketSummary;
      const isOver = waiting.receipts === 0 && settled.amount === distributed.amount;
      return isOver && settled.settlements > 1 ? settled.settlements : undefined;
    }, SETTLED);
    auditor = await Auditor.open(addressOf('API'), join(folder.path, 'sandbox'));
  }, START_MS);
  afterAll(() => auditor.close());

  test('recomputes by the command who was paid what of the newest settlement', async () => {
    const sandboxed = (name: string): string => join(folder.path, 'sandbox', name);
    const shown = await passport(
      ...['verify', '--settlement', String(newest), '--api', addressOf('API')],
      ...['--profile', sandboxed('network.json'), '--msp', 'MutualMSP', '--user', 'Admin'],
      ...['--market-msp', 'MutualMSP', '--reader-keys', sandboxed('market-keys')],
    );
    expect(shown).toMatchObject({ code: 0, error: '' });
    const lines = shown.out.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('ok  '))).toEqual([]);
    expect(lines).toContain('ok  weights of sources');
  });

  test('finds every settlement to be what the blocks say, and money for who told of it', async () => {
    for (let number = 1; number <= newest; number += 1) {
      let audited: SettlementAudit | undefined;
      const audit = (as: SettlementAudit): SettlementAudit => (audited = as);
      expect(differing(await auditor.check(number, { audit })), `${number}`).toEqual([]);
      // Nothing that weighs nothing is the same by chance. A settlement may have what is of one car alone.
      const sold = audited?.sold.flatMap(({ lines }) => lines) ?? [];
      if (!sold.some(({ receipt }) => receipt.product === 'fleet-usage')) continue;
      expect(audited?.file?.sources.length).toBeGreaterThan(0);
      expect(audited?.file?.owners.length).toBeGreaterThan(4);
    }
  });

  test('sees a weight that is another one, and an owner who got what another has earned', async () => {
    const withFile = (
      audit: SettlementAudit,
      change: (file: NonNullable<SettlementAudit['file']>) => object,
    ): SettlementAudit => {
      if (audit.file === null) throw new Error('it was to be shared out');
      return { ...audit, file: { ...audit.file, ...change(audit.file) } };
    };
    const heavier = (audit: SettlementAudit): SettlementAudit =>
      withFile(audit, ({ sources: [first, ...others] }) => ({
        sources: [{ ...first, weight: String(BigInt(first?.weight ?? 0) + 1n) }, ...others],
      }));
    expect(differing(await auditor.check(newest, { audit: heavier }))).toEqual([
      'weights of sources',
    ]);
    const moved = (audit: SettlementAudit): SettlementAudit =>
      withFile(audit, ({ owners: [first, second, ...others] }) => ({
        owners: [
          { ...first, total: amountOf(microOf(first?.total ?? amountOf(0n)) + 1n) },
          { ...second, total: amountOf(microOf(second?.total ?? amountOf(0n)) - 1n) },
          ...others,
        ],
      }));
    expect(differing(await auditor.check(newest, { audit: moved }))).toEqual([
      'totals of owners',
      'root of the owners',
    ]);
  });

  test('sees a payout on the ledger that is not what the weights give', async () => {
    const distribution = (paid: Distribution): Distribution => {
      const at = paid.legs.findIndex(({ as }) => as === 'source');
      const legs = paid.legs.map((leg, place) =>
        place === at ? { ...leg, amount: amountOf(microOf(leg.amount) + 1n) } : leg,
      );
      return { ...paid, legs };
    };
    expect(differing(await auditor.check(newest, { distribution }))).toEqual(['paid to sources']);
  });
});

type MarketSummary = {
  readonly waiting: { readonly receipts: number };
  readonly settled: { readonly settlements: number; readonly amount: string };
  readonly distributed: { readonly amount: string };
};
