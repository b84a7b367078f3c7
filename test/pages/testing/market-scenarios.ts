import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { importBuyerKey } from '@passport/client/buyer';
import { type Amount, amountOf, microOf, parseCommandId, type Tab } from '@passport/model';
import {
  keepScreenshot,
  newPerson,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import type { SandboxWorld } from './sandbox-world.ts';
import { there } from './there.ts';

/** Mints, tabs, blocks: on a busy machine each takes seconds. */
const WAY_MS = 240_000;
const PATIENCE_MS = 60_000;

/** A buyer on their way, in a browser that was empty. */
type Buyer = {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Their tab as the ledger has it. */
  readonly ledgerTab: () => Promise<Tab>;
};

/** What buyers do on the pages, from an empty browser to money that is back; the ledger says whether it happened. */
export function marketScenarios(world: () => SandboxWorld): void {
  let buyer: Buyer | undefined;
  const now = (): Buyer => there(buyer, 'buyer');
  opensTab(world, (begun) => {
    buyer = begun;
  });
  buysAnswer(world, now);
  buysBySql(now);
  closesTab(world, now);
}

/** Key, money, tab. */
function opensTab(world: () => SandboxWorld, begun: (buyer: Buyer) => void): void {
  test(
    'makes a key, pays euros in, opens a tab: the ledger has it',
    async () => {
      // Their device is an hour behind: all that they sign goes by the market's clock.
      const behind = { clockAheadMs: -3_600_000 };
      const { page, complaints } = await newPerson(world().browser, behind);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${world().pages}/market`);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'market-catalogue');
      await page.getByRole('link', { name: 'Mileage and odometer anomalies' }).click();
      await page.getByText('PCC at most').first().waitFor();
      await page.getByRole('button', { name: 'Make my key' }).click();
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the key file' }).click();
      const key = await importBuyerKey(
        JSON.parse(await readFile(await (await saving).path(), 'utf8')),
      );
      await page.getByRole('button', { name: 'I have saved it' }).click();
      await expect(page.locator('#account').textContent()).resolves.toBe(`key:${key.keyId}`);
      await page.getByRole('button', { name: 'Pay in' }).click();
      await page.locator('#balance', { hasText: '25 PCC' }).waitFor();
      await page.locator('#tab-amount').fill('5');
      await page.getByRole('button', { name: 'Open a tab' }).click();
      await page.locator('#tab-escrow', { hasText: '5 PCC' }).waitFor();
      const tab = parseCommandId((await page.locator('#tab').getAttribute('data-tab')) ?? '');
      const ledgerTab = () => world().ledger.market.readTab({ buyer: key.keyId, tab });
      begun({ page, complaints, ledgerTab });
      await expect(ledgerTab()).resolves.toMatchObject({ escrow: '5000000', status: 'open' });
      await keepScreenshot(page, 'market-tab');
    },
    WAY_MS,
  );
}

/** A question of a view, on a desk and a phone. */
function buysAnswer(world: () => SandboxWorld, now: () => Buyer): void {
  test(
    'asks with a live quote, buys, sees chart, table and receipt; the ledger settles what it says',
    async () => {
      const { page, ledgerTab } = now();
      await expect
        .poll(() => releasedBatches(world()), { timeout: PATIENCE_MS })
        .toBeGreaterThan(0);
      await page.getByRole('checkbox', { name: /^brand / }).uncheck();
      await page.getByRole('checkbox', { name: /^step / }).check();
      const button = page.getByRole('button', { name: /^Buy for .* PCC at most$/ });
      await button.click();
      await page.getByRole('heading', { name: 'Its receipt' }).waitFor();
      await page.getByText('Signed by the market’s key').waitFor();
      await expect(page.locator('.answer-table tbody tr').count()).resolves.toBeGreaterThan(0);
      await expect(page.locator('svg.plot rect').count()).resolves.toBeGreaterThan(0);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'market-answer');
      await page.setViewportSize({ width: 360, height: 740 });
      await expect(scrollsSideways(page)).resolves.toBe(false);
      await keepScreenshot(page, 'market-answer-phone');
      await page.setViewportSize({ width: 1280, height: 900 });
      const price = microIn((await page.locator('#receipt-price').textContent()) ?? '');
      await expect
        .poll(async () => (await ledgerTab()).settled, { timeout: PATIENCE_MS })
        .toBe(price);
    },
    WAY_MS,
  );
}

/** A file by SQL, and what scripts do. */
function buysBySql(now: () => Buyer): void {
  test(
    'asks by SQL for a file, tops up, takes curl and Python along, which pay by a session',
    async () => {
      const { page, ledgerTab } = now();
      await page.getByRole('button', { name: 'SQL', exact: true }).click();
      await page.getByRole('button', { name: 'readings by brand' }).click();
      await page.locator('#format').selectOption('parquet');
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: /^Buy for / }).click();
      const bytes = await readFile(await (await saving).path());
      expect(bytes.subarray(0, 4).toString('latin1')).toBe('PAR1');
      await page.locator('#tab-amount').fill('1.5');
      await page.getByRole('button', { name: 'Set more aside' }).click();
      await page.locator('#tab-escrow', { hasText: '6.5 PCC' }).waitFor();
      await expect(ledgerTab()).resolves.toMatchObject({ escrow: '6500000' });

      await page.getByText('A session for scripts').click();
      await page.getByRole('button', { name: 'Open a session' }).click();
      const session = (await page.locator('#credential').textContent()) ?? '';
      await page.locator('#format').selectOption('csv');
      await page.getByText('Copy as', { exact: true }).click();
      await keepScreenshot(page, 'market-copy-as');
      for (const [language, command] of [
        ['curl', 'bash'],
        ['Python', 'python3'],
      ] as const) {
        await page.getByRole('button', { name: language, exact: true }).click();
        const text = (await page.locator('.copy-text').textContent()) ?? '';
        await expect(answerOf(command, text, session)).resolves.toMatch(/^brand,/);
      }
    },
    WAY_MS,
  );
}

/** What is left is the buyer’s again. */
function closesTab(world: () => SandboxWorld, now: () => Buyer): void {
  test(
    'sees every receipt, closes the tab, and has the rest back: the ledger says so',
    async () => {
      const { page, complaints, ledgerTab } = now();
      await page.goto(`${world().pages}/market-account`);
      await page.locator('#receipts tbody tr').nth(3).waitFor();
      await expect(page.locator('#receipts tbody tr').count()).resolves.toBe(4);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'market-account');
      await page.getByRole('button', { name: 'Close the tab' }).click();
      await page.getByRole('button', { name: 'Open a tab' }).waitFor();
      await expect
        .poll(async () => (await ledgerTab()).status, { timeout: PATIENCE_MS })
        .toBe('closed');
      const { escrow, settled, refunded } = await ledgerTab();
      expect(microOf(settled) + microOf(refunded)).toBe(microOf(escrow));
      expect(microOf(settled)).toBeGreaterThan(0n);
      // A browser writes a refusal with status 402 down as an error: that is how prices are asked.
      expect(complaints.filter((text) => !text.includes('402'))).toEqual([]);
    },
    WAY_MS,
  );
}

/** Batches of mileage that left so far: the blocks of who came before end epochs. */
async function releasedBatches({ api }: SandboxWorld): Promise<number> {
  const response = await fetch(`${api}/v1/products/mileage-statistics`);
  const { live } = (await response.json()) as { live: { batches: number } | null };
  return live?.batches ?? 0;
}

/** Micro-PCC of `0.0021 PCC`. */
function microIn(text: string): Amount {
  const [whole = '0', parts = ''] = (text.split(' ')[0] ?? '').split('.');
  return amountOf(BigInt(whole) * 1_000_000n + BigInt(parts.padEnd(6, '0')));
}

/** What a copied program writes, run as it is. */
async function answerOf(program: string, text: string, session: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'passport-copied-'));
  try {
    const env = { ...process.env, PASSPORT_SESSION: session };
    await promisify(execFile)(program, ['-c', text], { cwd: directory, env });
    return await readFile(join(directory, 'answer.csv'), 'utf8');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
