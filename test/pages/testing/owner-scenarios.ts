import { join } from 'node:path';

import { generatePrivateJwk, publicPartOf } from '@passport/ledger-client/wallet';
import { parseVid, type Vid } from '@passport/model';
import {
  keepScreenshot,
  newPerson,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import { accessFragment } from '@passport/web/access-request';
import type { SandboxWorld } from './sandbox-world.ts';

/** Keys by scrypt, sealing, blocks: on a busy machine each takes seconds. */
const WAY_MS = 180_000;
const PATIENCE_MS = 60_000;

const passphrase = 'a car of my own';
const buyersPassphrase = 'somebody who buys it';

/** What owners do on the pages, in the order of a life with a car; the ledger says whether it happened. */
export function ownerScenarios(world: () => SandboxWorld): void {
  let seller: Page;
  let vid: Vid;
  const complaints: string[] = [];

  test(
    'brings a wallet, sees the whole history of the car, on a desk and a phone',
    async () => {
      const { browser, pages, directory } = world();
      // Their device is an hour ahead: all that they sign goes by the portal's clock.
      const person = await newPerson(browser, { clockAheadMs: 3_600_000 });
      seller = person.page;
      seller.setDefaultTimeout(PATIENCE_MS);
      seller.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await seller.goto(`${pages}/owner`);
      await expect(seriousIssues(seller)).resolves.toEqual([]);
      await keepScreenshot(seller, 'owner-new');
      await seller.locator('#wallet-file').setInputFiles(join(directory, 'owner-wallet.json'));
      await seller.locator('#file-passphrase').fill(passphrase);
      await seller.getByRole('button', { name: 'Bring it here' }).click();
      await seller.getByRole('heading', { name: 'Its history' }).waitFor();
      vid = parseVid((await seller.getByRole('article').getAttribute('aria-label')) ?? '');

      const { events } = await world().ledger.passport.readLogBook({ vid });
      await expect(seller.locator('.timeline > li').count()).resolves.toBeGreaterThanOrEqual(
        Math.min(100, events.length),
      );
      await expect(seriousIssues(seller)).resolves.toEqual([]);
      await keepScreenshot(seller, 'owner-car');
      await seller.setViewportSize({ width: 360, height: 740 });
      await expect(scrollsSideways(seller)).resolves.toBe(false);
      await keepScreenshot(seller, 'owner-car-phone');
      await seller.setViewportSize({ width: 1280, height: 900 });
    },
    WAY_MS,
  );

  test(
    'allows a garage what it asks for by a code, and takes it back in one tap',
    async () => {
      const { consent } = world().ledger;
      const { key } = await generatePrivateJwk();
      const link = accessFragment({
        v: 1,
        vid,
        grantee: { mspId: 'GarageMSP' as never },
        name: 'Garage at the corner',
        template: 'garage-visit',
        readerKey: publicPartOf(key),
      });
      await seller.evaluate(`location.hash = ${JSON.stringify(link)}`);
      await seller.getByText('Garage at the corner').waitFor();
      await keepScreenshot(seller, 'owner-asked');
      await seller.getByRole('button', { name: 'Allow' }).click();
      await seller.locator('#asked').waitFor({ state: 'detached' });
      await seller.locator('li.card', { hasText: 'GarageMSP' }).getByRole('button').waitFor();
      const granted = await grantsOf(world(), vid, 'GarageMSP');
      expect(granted.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
      await seller
        .locator('li.card', { hasText: 'GarageMSP' })
        .getByRole('button', { name: 'Take back' })
        .click();
      await expect
        .poll(
          async () =>
            (await consent.readGrants({ vid })).filter(
              ({ grantee, revokedAt }) =>
                'mspId' in grantee && revokedAt === null && grantee.mspId === 'GarageMSP',
            ).length,
          { timeout: PATIENCE_MS },
        )
        .toBe(0);
    },
    WAY_MS,
  );

  test(
    'hands the car over: both sign in their browsers, and the ledger has the buyer as its owner',
    async () => {
      const { browser, pages, ledger } = world();
      const before = await ledger.consent.readOwnership({ vid });
      await seller.getByRole('button', { name: 'I sell it: show the buyer a code' }).click();
      const link = (await seller.locator('#take-link').textContent()) ?? '';
      expect(link).toContain(`${pages}/owner#take=`);
      await keepScreenshot(seller, 'owner-sells');

      const { page: buyer } = await newPerson(browser, { viewport: 'phone' });
      buyer.setDefaultTimeout(PATIENCE_MS);
      await buyer.goto(link);
      await makeWallet(buyer);
      await buyer.getByRole('button', { name: 'I take it over' }).click();
      const digits = buyer.locator('.digits');
      await digits.waitFor();
      await seller.locator('.digits').waitFor();
      await expect(seller.locator('.digits').textContent()).resolves.toBe(
        await digits.textContent(),
      );
      await keepScreenshot(buyer, 'owner-buys-phone');
      await seller.getByRole('button', { name: 'They are the same: I hand the car over' }).click();
      await buyer.getByRole('button', { name: 'Sign and take over' }).click();
      await buyer.getByText('The car is yours since block').waitFor();

      const after = await ledger.consent.readOwnership({ vid });
      expect(after?.ownerEpoch).toBe((before?.ownerEpoch ?? 0) + 1);
      expect(after?.owner).not.toBe(before?.owner);
      await buyer.getByRole('button', { name: 'Show this car' }).click();
      await buyer.getByRole('heading', { name: 'Its history' }).waitFor();
      await expect(seriousIssues(buyer)).resolves.toEqual([]);
      await keepScreenshot(buyer, 'owner-new-owner-phone');
      expect(complaints).toEqual([]);
    },
    WAY_MS,
  );
}

/** Makes keys on the first page that asks for them, and goes past the 24 words. */
async function makeWallet(page: Page): Promise<void> {
  await page.locator('#make-my-keys-first').fill(buyersPassphrase);
  await page.locator('#make-my-keys-second').fill(buyersPassphrase);
  await page.getByRole('button', { name: 'Make my keys' }).click();
  await page.getByRole('heading', { name: 'Write these 24 words down' }).waitFor();
  await expect(page.locator('.words li').count()).resolves.toBe(24);
  await page.getByRole('button', { name: 'I have written them down' }).click();
}

async function grantsOf({ ledger }: SandboxWorld, vid: Vid, member: string) {
  const grants = await ledger.consent.readGrants({ vid });
  return grants.filter(({ grantee }) => 'mspId' in grantee && grantee.mspId === member);
}
