import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  keepScreenshot,
  newPerson,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import { PATIENCE_MS, type Shift, WAY_MS } from './professional-shift.ts';

const damage = 'left door, mirror';

/** People of a member see its feeds, on a desk and a phone, and that a connector is away. */
export function seesFeeds(shift: Shift): void {
  test(
    'a garage sees how its organisation’s feeds are, and nobody else does',
    async () => {
      const { garage, appraiser } = shift;
      const page = await garage.context().newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${shift.world.pages}/contributor`);
      const feed = page.getByRole('article', { name: /^GarageMSP\/workshop/ });
      const recorded = await feed
        .locator('li', { hasText: 'recorded since its start' })
        .innerText();
      // All that the feed has recorded is on the ledger by the source's name.
      const events = Number(/^([\d,]+) events/.exec(recorded)?.[1]?.replaceAll(',', ''));
      expect(events).toBeGreaterThan(0);
      await feed.getByText('95 of 100 within').waitFor();
      const hour = await feed.locator('li', { hasText: 'events in the last hour' }).innerText();
      expect(hour.replaceAll(/\s+/g, ' ')).toContain(
        `${events.toLocaleString('en-GB')} events in the last hour`,
      );
      await expect(page.getByText('MakerMSP/fleet ·').count()).resolves.toBe(0);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'contributor-feeds');
      await page.setViewportSize({ width: 360, height: 740 });
      await expect(scrollsSideways(page)).resolves.toBe(false);
      await keepScreenshot(page, 'contributor-feeds-phone');
      await page.route('**/professionals/feeds', (route) =>
        route.fulfill({ json: { connectors: [{ name: 'connector', isAway: true, feeds: [] }] } }),
      );
      await page.reload();
      await page.getByText('connector does not answer').waitFor();
      await keepScreenshot(page, 'contributor-feeds-away-phone');
      await page.close();

      const other = await appraiser.context().newPage();
      await other.goto(`${shift.world.pages}/contributor`);
      await other.getByText('You are enrolled for InsurerMSP').waitFor({ timeout: PATIENCE_MS });
      await other.close();
    },
    WAY_MS,
  );
}

/** An appraiser asks an owner, and reads what was granted. */
export function readsGranted(shift: Shift): void {
  test(
    'an appraiser asks an owner, who allows it on their own page, and reads what was sealed',
    async () => {
      const { appraiser } = shift;
      const { pages, browser, directory } = shift.world;
      const wallet = await readFile(join(directory, 'owner-wallet.json'));
      const { page: owner } = await newPerson(browser, { viewport: 'phone' });
      owner.setDefaultTimeout(PATIENCE_MS);
      await owner.goto(`${pages}/owner`);
      await owner.locator('#wallet-file').setInputFiles({
        ...{ name: 'wallet.json', mimeType: 'application/json', buffer: wallet },
      });
      await owner.locator('#file-passphrase').fill('a car of my own');
      await owner.getByRole('button', { name: 'Bring it here' }).click();
      await owner.getByRole('heading', { name: 'Its history' }).waitFor();
      const owned = await owner.getByRole('article').getAttribute('aria-label');

      // Which car that is depends on what the feeds found first; the sandbox tells its VIN.
      const told = /a car for them to find: VIN (\w{17})/.exec(shift.world.printed())?.[1] ?? '';
      expect(await shift.find(appraiser, told)).toBe(owned);
      await appraiser.locator('#kind').selectOption('incident');
      await appraiser.locator('#severity').selectOption('severe');
      await appraiser.locator('#damage').fill(damage);
      await appraiser.getByRole('button', { name: 'Sign and record' }).click();
      await appraiser.getByText('Recorded in block').waitFor();
      await appraiser.getByRole('button', { name: 'Read what the owner granted' }).click();
      await appraiser.getByText('The owner has not granted').waitFor();

      await appraiser.getByRole('button', { name: 'Show the code' }).click();
      await appraiser.locator('.qr').waitFor();
      await keepScreenshot(appraiser, 'professional-asks');
      const link = new URL(await appraiser.locator('#access-link').inputValue());
      await owner.evaluate(`location.hash = ${JSON.stringify(link.hash)}`);
      await owner.getByText('Appraiser of an insurer').waitFor();
      await owner.getByRole('button', { name: 'Allow' }).click();
      await owner.locator('li.card', { hasText: 'InsurerMSP' }).first().waitFor();

      await expect
        .poll(
          async () => {
            await appraiser.getByRole('button', { name: 'Read what the owner granted' }).click();
            return appraiser.getByText(damage).count();
          },
          { timeout: PATIENCE_MS, interval: 2_000 },
        )
        .toBeGreaterThan(0);
      await expect(seriousIssues(appraiser)).resolves.toEqual([]);
      await keepScreenshot(appraiser, 'professional-granted');
      await seesWhoRead(owner);
    },
    WAY_MS,
  );
}

/** The owner sees who read, which fields, for what, by which of the permissions. */
async function seesWhoRead(owner: Page): Promise<void> {
  await owner.reload();
  await owner
    .getByRole('heading', { name: 'Who has read what' })
    .or(owner.locator('#unlock'))
    .first()
    .waitFor();
  if ((await owner.locator('#unlock').count()) > 0) {
    await owner.locator('#unlock').fill('a car of my own');
    await owner.getByRole('button', { name: 'Unlock' }).click();
  }
  const read = owner.getByRole('row', { name: /InsurerMSP/ }).first();
  await read.locator('summary').click();
  expect(await read.getByRole('listitem').allTextContents()).toContain('Damage');
  const permission = await read.locator('code').textContent();
  const granted = owner.locator('li.card', { hasText: 'InsurerMSP' });
  await granted.getByText(String(permission)).first().waitFor();
  expect(await scrollsSideways(owner)).toBe(false);
  await expect(seriousIssues(owner)).resolves.toEqual([]);
  await keepScreenshot(owner, 'owner-who-read');
}
