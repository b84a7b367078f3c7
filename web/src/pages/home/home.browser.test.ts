import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';

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

for (const viewport of ['phone', 'desk'] as const) {
  for (const dark of [false, true]) {
    test(`first page, ${viewport}, ${dark ? 'dark' : 'light'}: a door for everybody, nothing to complain of`, async () => {
      const { context, page, complaints } = await newPerson(browser, { viewport, dark });
      await page.goto(pages.url);
      await page.getByText('12,345').waitFor();

      await expect(page.getByRole('main').getByRole('link').count()).resolves.toBe(7);
      await expect(scrollsSideways(page)).resolves.toBe(false);
      await expect(seriousIssues(page)).resolves.toEqual([]);
      expect(complaints).toEqual([]);
      await keepScreenshot(page, `home-${viewport}${dark ? '-dark' : ''}`);
      await context.close();
    });
  }
}

test('first page, with the keyboard: the first stop skips to the content', async () => {
  const { context, page } = await newPerson(browser);
  await page.goto(pages.url);
  await page.keyboard.press('Tab');
  await expect(page.evaluate('document.activeElement.className')).resolves.toBe('skip');
  await page.keyboard.press('Enter');
  await expect(page.evaluate('location.hash')).resolves.toBe('#content');
  await context.close();
});

test('first page, all it takes: at most 100 kB on the wire, and nobody else is asked', async () => {
  const { context, page } = await newPerson(browser);
  let bytes = 0;
  const origins = new Set<string>();
  page.on('requestfinished', async (request) => {
    origins.add(new URL(request.url()).origin);
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    bytes += responseBodySize + responseHeadersSize;
  });
  await page.goto(pages.url, { waitUntil: 'networkidle' });
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(100_000);
  origins.delete('null');
  expect([...origins].filter((origin) => !origin.startsWith('data'))).toEqual([pages.url]);
  await context.close();
});
