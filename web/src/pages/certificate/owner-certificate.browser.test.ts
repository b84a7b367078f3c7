import { generatePrivateJwk } from '@passport/ledger-client';
import { vidOfBytes } from '@passport/model';
import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ownerApi, walletFile } from '../../testing/owner-api.ts';
import { makeIssuer } from '../../testing/some-certificate.ts';
import { type PagesServer, startPages } from '../../testing/start-pages.ts';

const vid = vidOfBytes(Buffer.alloc(16, 9));
const passphrase = 'correct horse battery';

let browser: Browser;
let pages: PagesServer;
let made: ReturnType<typeof ownerApi>['made'];
let file: string;

beforeAll(async () => {
  const [issuer, person] = await Promise.all([makeIssuer(), generatePrivateJwk()]);
  const behind = ownerApi(issuer, vid, person.keyId);
  ({ made } = behind);
  file = await walletFile(vid, person, passphrase);
  [browser, pages] = await Promise.all([
    openBrowser(),
    startPages(behind.api, { certificateIssuers: () => Promise.resolve([issuer.issuer]) }),
  ]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

/** Puts a wallet where the browser keeps it, as bringing a copy of it does. */
async function bringWallet(page: Page): Promise<void> {
  await page.goto(`${pages.url}/owner/certificate`);
  await page.getByText('There are no keys in this browser').waitFor();
  await page.evaluate(`(async () => {
    const opening = indexedDB.open('passport-wallet', 1);
    await new Promise((done) => opening.addEventListener('success', done));
    const writing = opening.result.transaction('wallet', 'readwrite');
    writing.objectStore('wallet').put(${JSON.stringify(file)}, 'wallet');
    await new Promise((done) => writing.addEventListener('complete', done));
    opening.result.close();
  })()`);
  await page.reload();
}

/** A busy machine takes its time. */
const WAY_MS = 120_000;

describe('an owner', { timeout: WAY_MS }, () => {
  test.each(['phone', 'desk'] as const)(
    'chooses, hands out, revokes; a buyer sees each; on a %s',
    async (viewport) => {
      made.length = 0;
      const { context, page, complaints } = await newPerson(browser, { viewport });
      await bringWallet(page);
      await page.getByLabel('Passphrase').fill('wrong');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('alert').filter({ hasText: 'passphrase' }).waitFor();
      await page.getByLabel('Passphrase').fill(passphrase);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByText('There is none yet').waitFor();
      await expect(seriousIssues(page)).resolves.toEqual([]);

      // The owner reads what it will say, as it is chosen, before anything is made.
      const preview = page.getByRole('region', { name: 'What it will say' });
      await preview.getByText('87,412 km').waitFor();
      await preview.getByText('As of block 12,400').waitFor();
      await preview.getByText('2 on record').waitFor();
      await page.getByLabel(/^Owners/).uncheck();
      await preview.getByText('Not in this certificate: owners.').waitFor();
      await expect(preview.getByText('2 on record').count()).resolves.toBe(0);
      expect(made).toEqual([]);
      await keepScreenshot(page, `owner-certificate-preview-${viewport}`);
      await page.getByLabel('Vehicle identification').fill('too short');
      await page.getByRole('button', { name: 'Make the certificate' }).click();
      await page.getByText('A VIN has 17 characters').waitFor();
      await page.getByLabel('Vehicle identification').fill('wvw zzz 1jz xw 000001');
      await page.getByLabel('Good for').selectOption('7');
      await page.getByRole('button', { name: 'Make the certificate' }).click();
      const link = page.getByLabel('Link that shows the VIN');
      await link.waitFor();
      expect(made).toMatchObject([
        { days: 7, fields: ['mileage', 'life', 'freshness', 'quality', 'basis'] },
      ]);
      // The VIN itself was told to nobody.
      expect(JSON.stringify(made)).not.toContain('WVWZZZ');
      await page.getByRole('button', { name: 'Revoke' }).waitFor();
      await expect(scrollsSideways(page)).resolves.toBe(false);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, `owner-certificate-${viewport}`);

      const [withVin, without] = await Promise.all([
        link.inputValue(),
        page.getByLabel('Link without the VIN').inputValue(),
      ]);
      const number = await page.getByLabel('Number of its seal').inputValue();
      const buyer = await newPerson(browser, { viewport });
      await buyer.page.goto(withVin);
      await buyer.page.getByText('Genuine, and still true').waitFor();
      await buyer.page.getByText('WVWZZZ1JZXW000001').waitFor();
      await buyer.page.getByText('Not in this certificate: owners.').waitFor();
      await buyer.page.goto(without);
      await buyer.page.getByText('the certificate holds it sealed').waitFor();
      await buyer.page.getByLabel('VIN that stands on the car').fill('wvwzzz1jzxw000001');
      await buyer.page.getByRole('button', { name: 'Compare' }).click();
      await buyer.page.locator('[data-compared="sealed"]').waitFor();
      await buyer.page.getByLabel('Number that the seller').fill(number);
      await buyer.page.getByRole('button', { name: 'Compare' }).click();
      await buyer.page.locator('[data-compared="same"]').waitFor();
      await buyer.page.getByLabel('VIN that stands on the car').fill('WVWZZZ1JZXW000002');
      await buyer.page.getByRole('button', { name: 'Compare' }).click();
      await buyer.page.locator('[data-compared="other"]').waitFor();
      await expect(seriousIssues(buyer.page)).resolves.toEqual([]);
      await keepScreenshot(buyer.page, `certificate-other-car-${viewport}`);
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('revoked', { exact: true }).waitFor();
      await buyer.page.reload();
      await buyer.page.getByText('Genuine, but revoked').waitFor();
      expect([...complaints, ...buyer.complaints].filter((each) => !each.includes('404'))).toEqual(
        [],
      );
      await buyer.context.close();

      // The tab keeps the keys open until it is closed.
      await page.reload();
      await page.getByText('revoked', { exact: true }).waitFor();
      await context.close();
    },
  );
});
