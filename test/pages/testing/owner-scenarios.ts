import { readFile } from 'node:fs/promises';
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
import { makeWallet } from './make-wallet.ts';
import type { SandboxWorld } from './sandbox-world.ts';
import { there } from './there.ts';

/** Keys by scrypt, sealing, blocks: on a busy machine each takes seconds. */
const WAY_MS = 180_000;
const PATIENCE_MS = 60_000;

const passphrase = 'a car of my own';

/** Who owns the car, and sells it. */
type Owner = { readonly seller: Page; readonly vid: Vid; readonly complaints: readonly string[] };

type World = () => SandboxWorld;

/** What owners do on the pages, in the order of a life with a car; the ledger says whether it happened. */
export function ownerScenarios(world: World): void {
  let owner: Owner | undefined;
  let buyer: Page | undefined;
  const now = (): Owner => there(owner, 'owner');
  bringsWallet(world, (begun) => {
    owner = begun;
  });
  allowsGarage(world, now);
  handsOver(world, now, (page) => {
    buyer = page;
  });
  letsMarketCount(world, now, () => there(buyer, 'buyer'));
}

/** The whole history of a car. */
function bringsWallet(world: World, begun: (owner: Owner) => void): void {
  test(
    'brings a wallet, sees the whole history of the car, on a desk and a phone',
    async () => {
      const { browser, pages, directory } = world();
      // Their device is an hour ahead: all that they sign goes by the portal's clock.
      const { page: seller } = await newPerson(browser, { clockAheadMs: 3_600_000 });
      const complaints: string[] = [];
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
      const vid = parseVid((await seller.getByRole('article').getAttribute('aria-label')) ?? '');

      begun({ seller, vid, complaints });
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
}

/** A grant, and its end. */
function allowsGarage(world: World, now: () => Owner): void {
  test(
    'allows a garage what it asks for by a code, and takes it back in one tap',
    async () => {
      const { seller, vid } = now();
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
}

/** A sale. */
function handsOver(world: World, now: () => Owner, bought: (buyer: Page) => void): void {
  test(
    'hands the car over: both sign in their browsers, and the ledger has the buyer as its owner',
    async () => {
      const { seller, vid, complaints } = now();
      const { browser, pages, ledger } = world();
      const before = await ledger.consent.readOwnership({ vid });
      await seller.getByRole('button', { name: 'I sell it: show the buyer a code' }).click();
      const link = (await seller.locator('#take-link').textContent()) ?? '';
      expect(link).toContain(`${pages}/owner#take=`);
      await keepScreenshot(seller, 'owner-sells');

      const { page: buyer } = await newPerson(browser, { viewport: 'phone' });
      bought(buyer);
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

/** The market’s grant of a car that was taken over. */
function letsMarketCount(world: World, now: () => Owner, buyers: () => Page): void {
  test(
    'lets the market count in a car that was taken over, with a key that the market makes for it',
    async () => {
      const { vid } = now();
      const buyer = buyers();
      const { directory, ledger } = world();
      await buyer.getByRole('button', { name: 'See what the market asks for' }).click();
      await buyer.getByText('The data market').first().waitFor();
      await expect(seriousIssues(buyer)).resolves.toEqual([]);
      await keepScreenshot(buyer, 'owner-market-asks-phone');
      await buyer.getByRole('button', { name: 'Allow' }).click();
      await buyer.locator('#asked').waitFor({ state: 'detached' });
      const ofMarket = buyer.locator('li.card', { hasText: 'everybody on the market' });
      await ofMarket.getByRole('button', { name: 'Take back' }).waitFor();
      const ownership = await ledger.consent.readOwnership({ vid });
      const granted = await grantsOf(world(), vid, 'MutualMSP');
      const current = granted.filter(({ ownerEpoch }) => ownerEpoch === ownership?.ownerEpoch);
      expect(current).toMatchObject([{ purpose: 'market', revokedAt: null, includesPast: true }]);
      // The listener finds the key where the market keeps its own: it opens what is granted.
      const [wrap] = current[0]?.wraps ?? [];
      const key = join(directory, 'market-keys', `${wrap?.readerKey}.key.json`);
      await expect(readFile(key, 'utf8')).resolves.toContain(vid);
      await expect(
        buyer.getByRole('button', { name: 'See what the market asks for' }).count(),
      ).resolves.toBe(0);
    },
    WAY_MS,
  );
}

async function grantsOf({ ledger }: SandboxWorld, vid: Vid, member: string) {
  const grants = await ledger.consent.readGrants({ vid });
  return grants.filter(({ grantee }) => 'mspId' in grantee && grantee.mspId === member);
}
