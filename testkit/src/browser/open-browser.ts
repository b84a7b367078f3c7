import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export type { Browser, BrowserContext, Page };

/** Variable that names another Chromium than the one of the packages. */
const EXECUTABLE = 'PASSPORT_CHROMIUM';

/** A phone of the smallest width that pages are made for, and a desk. */
export const viewports = {
  phone: { width: 360, height: 740 },
  desk: { width: 1280, height: 900 },
} as const;

/**
 * A real browser: Chromium of an npm package, so that nothing has to be installed by hand, or the one that the variable
 * PASSPORT_CHROMIUM names. Close it.
 */
export async function openBrowser(): Promise<Browser> {
  const { [EXECUTABLE]: given } = process.env;
  return chromium.launch({
    executablePath: given ?? (await sparticuz.executablePath()),
    // The tests run as root in a container, where Chromium's own sandbox cannot start.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

/** What a page said that it should not have: errors, and what the Content Security Policy refused. */
export type Complaints = readonly string[];

/** What somebody has in front of them. */
type PersonOptions = {
  readonly viewport?: keyof typeof viewports;
  readonly dark?: boolean;
  /** How far the clock of their device is ahead of the truth. */
  readonly clockAheadMs?: number;
};

/** A new person's browser, empty, with what its pages complain of. */
export async function newPerson(
  browser: Browser,
  options: PersonOptions = {},
): Promise<{
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: Complaints;
}> {
  const { viewport = 'desk', dark = false, clockAheadMs = 0 } = options;
  const context = await browser.newContext({
    viewport: viewports[viewport],
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
  });
  if (clockAheadMs !== 0) await context.addInitScript(wrongClock(clockAheadMs));
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { context, page: await context.newPage(), complaints };
}

/** A script by which pages have another time; timers go as they do. */
function wrongClock(aheadMs: number): string {
  return `{
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...words) {
        if (words.length === 0) super(Real.now() + ${aheadMs});
        else super(...words);
      }
      static now() { return Real.now() + ${aheadMs}; }
    };
  }`;
}

/** What axe finds serious or critical on a page, as lines. */
export async function seriousIssues(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html).join(' ')})`);
}

/** Whether a page is wider than its window, so that one would have to scroll sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
}

/** Keeps a picture of the whole page under `.artifacts/screenshots`, where CI and docs/tour.md find it. */
export async function keepScreenshot(page: Page, name: string): Promise<string> {
  const folder = join('.artifacts', 'screenshots');
  await mkdir(folder, { recursive: true });
  // What is out of sight need not be drawn for a person; a picture of all of it has it.
  await page.evaluate(
    "document.styleSheets[0]?.insertRule('* { content-visibility: visible !important }')",
  );
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
