import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type PagesServer, startPages } from '../../testing/start-pages.ts';

let browser: Browser;
let pages: PagesServer;

beforeAll(async () => {
  [browser, pages] = await Promise.all([openBrowser(), startPages()]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

test('professionals, at pages without a ledger: they are told so, on a phone, and may try again', async () => {
  const { context, page } = await newPerson(browser, { viewport: 'phone', dark: true });
  await page.goto(`${pages.url}/professional`);
  await page.getByText('no connection to the ledger').waitFor();
  await page.getByRole('button', { name: 'Try again' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('no connection to the ledger').waitFor();
  await expect(scrollsSideways(page)).resolves.toBe(false);
  await expect(seriousIssues(page)).resolves.toEqual([]);
  await keepScreenshot(page, 'professional-no-ledger-phone-dark');
  await context.close();
});
