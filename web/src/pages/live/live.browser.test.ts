import { OpenAPIHono } from '@hono/zod-openapi';
import type { LiveFigures, LiveHeight } from '@passport/model';
import { addLiveRoutes } from '@passport/serving-api';
import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import type { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { someFigures, someHeight } from '../../testing/some-figures.ts';
import { type PagesServer, startPages } from '../../testing/start-pages.ts';

/** A browser and axe share two cores with all other tests. */
const TEST_MS = 90_000;

let browser: Browser;
let pages: PagesServer;
let over: AbortController;
/** Epochs that the ledger has; without any it has released nothing. */
let epochs: number;
let trouble: string | null;
let streamsMax: number;

const figures = (): LiveFigures | undefined => (epochs === 0 ? undefined : someFigures(epochs));
const height = (): LiveHeight => ({ ...someHeight(epochs), trouble });

beforeAll(async () => {
  browser = await openBrowser();
}, TEST_MS);
afterAll(() => browser?.close());

beforeEach(async () => {
  [epochs, trouble, streamsMax] = [40, null, 5];
  over = new AbortController();
  const api = new OpenAPIHono();
  api.get('/v1/status', (context) => context.json(height()));
  addLiveRoutes(api, {
    feed: {
      figures: () => Promise.resolve(figures()),
      look: () => Promise.resolve({ height: height(), figures: figures() }),
    },
    get streamsMax() {
      return streamsMax;
    },
    ...{ now: () => new Date(), signal: over.signal, lookMs: 20, aliveMs: 1_000 },
  });
  api.onError((_error, context) => context.json({}, 503));
  pages = await startPages(api as unknown as Hono);
});
afterEach(async () => {
  over.abort(new Error('the test is over'));
  await pages.stop();
});

describe('live', { timeout: TEST_MS }, () => {
  for (const viewport of ['phone', 'desk'] as const) {
    for (const dark of [false, true]) {
      test(`${viewport}, ${dark ? 'dark' : 'light'}: windows, series and map, nothing to complain of`, async () => {
        const { context, page, complaints } = await newPerson(browser, { viewport, dark });
        await page.goto(`${pages.url}/live`);
        await page.getByText('Live', { exact: true }).nth(1).waitFor();
        await expect(page.getByRole('img', { name: 'Map of regions' }).count()).resolves.toBe(1);
        await expect(scrollsSideways(page)).resolves.toBe(false);
        await expect(seriousIssues(page)).resolves.toEqual([]);
        expect(complaints).toEqual([]);
        await keepScreenshot(page, `live-${viewport}${dark ? '-dark' : ''}`);
        await context.close();
      });
    }
  }

  test('moves by itself: a release, the windows, the height', async () => {
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/live`);
    await page.getByText('Released up to block 639').first().waitFor();
    const bars = page.locator('svg.bars rect.column');
    const newest = await bars.last().textContent();
    epochs = 41;
    await page.getByText('Released up to block 655').first().waitFor();
    await page.getByText('block 660').first().waitFor();
    await expect(bars.last().textContent()).resolves.not.toBe(newest);
    await expect(page.locator('tr.moved').count()).resolves.toBe(5);
    await context.close();
  });

  test('comes back by itself, with every release in between, after the line is cut', async () => {
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/live`);
    await page.locator('.chip-good').waitFor();
    await context.setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await keepScreenshot(page, 'live-offline-desk');
    epochs = 45;
    await context.setOffline(false);
    await page.getByText('Released up to block 719').first().waitFor();
    await page.locator('.chip-good').waitFor();
    await expect(page.locator('svg.bars rect.column').count()).resolves.toBe(45);
    await context.close();
  });

  test('tries again while the server has no room', async () => {
    streamsMax = 0;
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/live`);
    await page.getByText('The connection was lost.').waitFor();
    await expect(page.getByText('Released up to block 639').first().count()).resolves.toBe(1);
    streamsMax = 5;
    await page.locator('.chip-good').waitFor();
    await context.close();
  });

  test('says that answers do not move on, and why', async () => {
    const { context, page } = await newPerson(browser, { viewport: 'phone' });
    await page.goto(`${pages.url}/live`);
    await page.locator('.chip-good').waitFor();
    trouble = 'the archive is away';
    await page.getByText('answers do not move on: the archive is away').waitFor();
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await context.close();
  });

  test('begins with nothing, and shows the first release when it comes', async () => {
    epochs = 0;
    const { context, page } = await newPerson(browser, { viewport: 'phone' });
    await page.goto(`${pages.url}/live`);
    await page.getByText('Nothing was released yet.').waitFor();
    await keepScreenshot(page, 'live-empty-phone');
    epochs = 1;
    await page.getByText('Released up to block 15').first().waitFor();
    await expect(page.locator('svg.bars rect.column').count()).resolves.toBe(1);
    await context.close();
  });

  test('stands still and is right where no script runs, and with less motion nothing moves', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${pages.url}/live`);
    await page.getByText('As of when the page was made').waitFor();
    await expect(page.getByText('Released up to block 639').first().count()).resolves.toBe(1);
    await context.close();

    const calm = await browser.newContext({ reducedMotion: 'reduce' });
    const still = await calm.newPage();
    await still.goto(`${pages.url}/live`);
    await still.locator('.chip-good').waitFor();
    epochs = 41;
    await still.locator('path.moved').first().waitFor();
    const animation = 'getComputedStyle(document.querySelector("path.moved")).animationName';
    await expect(still.evaluate(animation)).resolves.toBe('none');
    await calm.close();
  });

  test('with the keyboard: the newest releases open as a table', async () => {
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/live`);
    await page.locator('.chip-good').waitFor();
    await page.locator('summary', { hasText: 'The newest releases' }).focus();
    await page.keyboard.press('Enter');
    const table = page.getByRole('region', { name: 'The newest releases' });
    await table.waitFor();
    epochs = 42;
    // It stays open while the page moves.
    await table.getByText('671', { exact: true }).waitFor();
    await expect(table.getByRole('row').count()).resolves.toBe(9);
    await context.close();
  });
});
