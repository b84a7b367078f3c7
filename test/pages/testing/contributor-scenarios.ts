import { join } from 'node:path';

import { microOf, parseMspId } from '@passport/model';
import {
  keepScreenshot,
  newPerson,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import type { SandboxWorld } from './sandbox-world.ts';

const WAY_MS = 180_000;
const PATIENCE_MS = 60_000;

const passphrase = 'a car of my own';

/** What contributors see on the pages, compared with what the ledger has. */
export function contributorScenarios(world: () => SandboxWorld): void {
  /** Micro-PCC that were shared out, by the ledger's own distributions. */
  const sharedOut = async (): Promise<bigint> => {
    const terms = (await (await fetch(`${world().api}/v1/market/terms`)).json()) as {
      operator: string;
    };
    const operator = parseMspId(terms.operator);
    const all = await world().ledger.market.readDistributions({ operator, from: 1 });
    return all.reduce((sum, { taken }) => sum + microOf(taken), 0n);
  };

  test(
    'anybody sees how the money was shared, by role and product: as the ledger has it',
    async () => {
      const { page, complaints, context } = await newPerson(world().browser);
      page.setDefaultTimeout(PATIENCE_MS);
      const shown = async (): Promise<bigint> => {
        await page.goto(`${world().pages}/contributor`);
        const figure = page.locator('.figures li', { hasText: 'shared out so far' });
        const text = (await figure.locator('strong').textContent()) ?? '';
        const [whole = '0', parts = ''] = (text.split(' ')[0] ?? '').split('.');
        return BigInt(whole) * 1_000_000n + BigInt(parts.padEnd(6, '0'));
      };
      // What is sold meanwhile is shared out while we look.
      await expect
        .poll(async () => (await shown()) - (await sharedOut()), { timeout: PATIENCE_MS })
        .toBe(0n);
      await expect(sharedOut()).resolves.toBeGreaterThan(0n);
      const sources = await world().ledger.members.readSources({});
      const table = page.getByRole('region', { name: 'Sources' });
      await expect(table.locator('tbody tr').count()).resolves.toBe(sources.length);
      await page.getByRole('link', { name: 'Open my keys' }).waitFor();
      await page.getByText('Nobody is enrolled in this browser').waitFor();
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'contributor');
      await page.setViewportSize({ width: 360, height: 740 });
      await expect(scrollsSideways(page)).resolves.toBe(false);
      await keepScreenshot(page, 'contributor-phone');
      expect(complaints).toEqual([]);
      await context.close();
    },
    WAY_MS,
  );

  test(
    'an owner sees what their car earned, by their keys in this tab',
    async () => {
      const { page, context } = await newPerson(world().browser, { dark: true });
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${world().pages}/owner`);
      await page
        .locator('#wallet-file')
        .setInputFiles(join(world().directory, 'owner-wallet.json'));
      await page.locator('#file-passphrase').fill(passphrase);
      await page.getByRole('button', { name: 'Bring it here' }).click();
      // The car may be somebody else's by now; what it had earned until then stays with these keys.
      await page.locator('#cars').waitFor();
      await page.goto(`${world().pages}/contributor`);
      await page.getByText('Earned so far').first().waitFor();
      await page.getByRole('heading', { name: 'By day and product' }).first().waitFor();
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'contributor-owner');
      await context.close();
    },
    WAY_MS,
  );
}
