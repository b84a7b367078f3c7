import { Hono } from 'hono';
import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { productApi } from '../../testing/some-products.ts';
import { type PagesServer, startPages } from '../../testing/start-pages.ts';

const api = productApi();
let browser: Browser;
let pages: PagesServer;

beforeAll(async () => {
  [browser, pages] = await Promise.all([openBrowser(), startPages(api.app)]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

test('catalogue, without scripts: words and purpose find a product, and say when there is none', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${pages.url}/market`);
  await page.getByLabel('Words').fill('odometer of a moon rover');
  await page.getByLabel('What you may use it for').selectOption('research');
  await page.getByRole('button', { name: 'Find' }).click();
  expect(new URL(page.url()).search).toBe('?q=odometer+of+a+moon+rover&purpose=research');
  await page.getByText('No product fits that.').waitFor();
  expect(api.asked.at(-1)).toBe('/v1/products?q=odometer+of+a+moon+rover&purpose=research');
  await page.getByRole('link', { name: 'Show all products' }).click();
  await page.getByRole('link', { name: 'Fleet usage by day and model' }).click();
  await expect(page.locator('noscript').textContent()).resolves.toContain('takes JavaScript');
  await expect(page.getByRole('cell', { name: 'Ford' }).count()).resolves.toBe(1);
  await context.close();
});

for (const viewport of ['phone', 'desk'] as const) {
  test(`catalogue and product, ${viewport}: quality, price and block are there, nothing to complain of`, async () => {
    const { context, page, complaints } = await newPerson(browser, {
      viewport,
      dark: viewport === 'phone',
    });
    await page.goto(`${pages.url}/market`);
    await page.getByText('712 of 1000').waitFor();
    await page.getByText('0.001 PCC, and 0.00001 PCC for each cell').waitFor();
    await page.getByText('As of block 12345').waitFor();
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await expect(scrollsSideways(page)).resolves.toBe(false);
    await keepScreenshot(page, `market-${viewport}`);
    await page.getByRole('link', { name: 'Fleet usage by day and model' }).click();
    await page.getByRole('button', { name: 'Make my key' }).waitFor();
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await expect(scrollsSideways(page)).resolves.toBe(false);
    await keepScreenshot(page, `market-product-${viewport}`);
    // What is free or sold this API does not know: the page says what it heard, as a refusal.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await context.close();
  });
}

test('a key, with the keyboard alone: it is made, its file saved, and WebCrypto gives it to nobody', async () => {
  const { context, page } = await newPerson(browser);
  await page.goto(`${pages.url}/market/fleet-usage`);
  await page.getByRole('button', { name: 'Make my key' }).press('Enter');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the key file' }).press('Enter');
  expect((await saved).suggestedFilename()).toBe('key.jwk');
  const extractable = await page.evaluate(`new Promise((done) => {
    const opening = indexedDB.open('passport-market');
    opening.onsuccess = () => {
      const asked = opening.result.transaction('buyer').objectStore('buyer').get('key');
      asked.onsuccess = () => done(asked.result.privateKey.extractable);
    };
  })`);
  expect(extractable).toBe(false);
  await context.close();
});

test('a product that is not there, and a market that is away: both say so', async () => {
  const { context, page } = await newPerson(browser);
  const missing = await page.goto(`${pages.url}/market/moon-rovers`);
  expect(missing?.status()).toBe(404);
  const gone = await startPages(
    new Hono().all('*', (context) => context.json({ code: 'NOT_READY' }, 503)),
  );
  for (const path of ['/market', '/market/fleet-usage']) {
    const response = await page.goto(`${gone.url}${path}`);
    expect(response?.status()).toBe(503);
    await page.getByText('Nothing that you bought is lost').waitFor();
  }
  await gone.stop();
  await context.close();
});
