import {
  amountOf,
  digestOfJson,
  inLeafOrder,
  microOf,
  ownersRootOf,
  ownersTree,
  parse,
  reason,
} from '@passport/model';
import { createMetrics, type HealthServer, startHealthServer } from '@passport/runtime';
import { MarketFixture, type SmallNetwork, startSmallNetwork } from '@passport/testkit';
import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { someFigures, someHeight } from '../../testing/some-figures.ts';
import { type PagesServer, startPages } from '../../testing/start-pages.ts';
import { money } from './figures.ts';
import { consortiumDesk } from './read-consortium.ts';

const MICRO = 1_000_000n;
/** A browser, a network and axe share two cores with all other tests. */
const START_MS = 180_000;
const TEST_MS = 90_000;

let browser: Browser;
let network: SmallNetwork;
let market: MarketFixture;
let pages: PagesServer;
let service: HealthServer;
let block = 0;
let trouble: string | undefined;
const metrics = createMetrics('batch');
const troubles: unknown[] = [];

const status = () => ({ ...someHeight(1), block, watermark: Math.max(0, block - 3) });

beforeAll(async () => {
  [browser, network] = await Promise.all([openBrowser(), startSmallNetwork()]);
  market = await MarketFixture.prepare(network.fixture);
  await sell();
  metrics.meter
    .createObservableGauge('batch_failed_jobs', { description: 'jobs to look at' })
    .addCallback((result) => result.observe(trouble === undefined ? 0 : 2));
  service = await startHealthServer({
    ...{ host: '127.0.0.1', port: 0, metrics, trouble: () => trouble },
  });
  const { ledger, user: client } = network.fixture.members.GarageMSP;
  pages = await startPages(
    new Hono()
      .get('/v1/status', (context) => context.json(status()))
      .get('/v1/live/figures', (context) => context.json(someFigures(50))),
    {
      watched: [
        { name: 'batch', url: `http://127.0.0.1:${service.port}` },
        { name: 'speed', url: `http://127.0.0.1:${service.port}` },
      ],
      consortium: consortiumDesk({ mspId: 'GarageMSP', ledger, client }, (error) => {
        troubles.push(error);
      }),
    },
  );
}, START_MS);

afterAll(async () => {
  await browser?.close();
  await pages?.stop();
  await service?.close();
  await metrics.close();
  await network?.stop();
});

/** A sale, its settlement and distribution, a second settlement that waits, and a source that was rated. */
async function sell(): Promise<void> {
  const { members } = network.fixture;
  const operator = members.MakerMSP.user.market;
  const [key] = await market.fundBuyers(1, 500n * MICRO);
  if (key === undefined) throw new Error('there is a buyer');
  const { answer: tab } = await market.openTab(key, 400n * MICRO);
  /** Vouchers and claims are of all that was ever bought on the tab. */
  const settle = async (number: number, ever: bigint, taken: bigint) => {
    const voucher = await market.voucher({ key, tab }, ever, number);
    const tabs = [{ voucher, claimed: amountOf(ever) }];
    await operator.settle({ ...market.id(), ...market.settlement(number, taken, 10, tabs) });
  };
  await settle(1, 100n * MICRO, 100n * MICRO);
  const shares = inLeafOrder([
    { holder: key.keyId, amount: amountOf(50n * MICRO), salt: digestOfJson('a') },
  ]);
  await operator.distribute({
    ...market.id(),
    ...{ number: 1, through: 1, lane: 0, root: ownersRootOf(ownersTree(shares), 1) },
    sources: [{ mspId: market.operator, weight: amountOf(5n) }],
  });
  await settle(2, 120n * MICRO, 20n * MICRO);
  const rated = await members.GarageMSP.user.quality.rateSource({
    ...market.id(),
    ...{ source: members.InsurerMSP.source, index: 840, reason: parse(reason, 'audited') },
  });
  block = Number(rated.blockNumber);
}

describe('the consortium', { timeout: TEST_MS }, () => {
  for (const viewport of ['phone', 'desk'] as const) {
    for (const dark of [false, true]) {
      test(`${viewport}, ${dark ? 'dark' : 'light'}: all parts, nothing to complain of`, async () => {
        const { context, page, complaints } = await newPerson(browser, { viewport, dark });
        await page.goto(`${pages.url}/consortium`);
        await page.getByRole('heading', { name: 'Blocks' }).waitFor();
        await expect(scrollsSideways(page)).resolves.toBe(false);
        await expect(seriousIssues(page)).resolves.toEqual([]);
        expect(complaints).toEqual([]);
        expect(troubles).toEqual([]);
        await keepScreenshot(page, `consortium-${viewport}${dark ? '-dark' : ''}`);
        await context.close();
      });
    }
  }

  test('says what the ledger says, also where no script runs', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${pages.url}/consortium`);
    const text = await page.getByRole('main').innerText();

    const { tokens, members, parameters } = network.fixture.members.InsurerMSP.user;
    const supply = await tokens.readSupply({ asset: 'PCC' });
    expect(text).toContain(money(supply.supply, 'PCC', 'en'));
    expect(text).toContain(
      money(microOf(supply.reserve?.amount ?? supply.supply), 'PCC', 'en').replace('PCC', 'EUR'),
    );
    for (const { source } of await members.readSources({})) {
      expect(text).toContain(source.split('/')[1]);
    }
    expect(text).toContain('840');
    const history = await parameters.readParameter({ name: 'market.ledger' });
    expect(history.versions.length).toBe(2);
    await page.getByText('Which ledger this is').click();
    await expect(page.getByText(market.ledger).count()).resolves.toBe(1);
    await context.close();
  });

  test('shows where the money of sales went: a picture, and the same numbers as a table', async () => {
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/consortium`);
    const picture = page.getByRole('img', { name: 'Who is paid for what was sold' });
    await expect(picture.count()).resolves.toBe(1);
    const words = await picture.textContent();
    const table = page.getByRole('region', { name: 'Who is paid for what was sold' }).last();
    await page.locator('summary', { hasText: 'The numbers' }).last().click();
    const rows = await table.getByRole('row').allInnerTexts();
    expect(rows).toContain('fleet-usage\tMarket\t120 PCC');
    expect(rows).toContain('Market\tOwners\t50 PCC');
    expect(rows).toContain('Market\tNot distributed yet\t20 PCC');
    for (const [from, to, value] of rows.slice(1).map((row) => row.split('\t'))) {
      expect(words).toContain(`${from} → ${to}: ${value}`);
    }
    await context.close();
  });

  test('names no key, no vid and no transaction', async () => {
    const html = await (await fetch(`${pages.url}/consortium`)).text();
    expect(html).not.toMatch(/key:[A-Za-z0-9_-]{43}|[a-z2-7]{26}(?![a-z0-9])/);
    expect(html).not.toMatch(/\b[0-9a-f]{64}\b/);
  });

  test('with the keyboard: jumps to a part, and opens a rule', async () => {
    const { context, page } = await newPerson(browser);
    await page.goto(`${pages.url}/consortium`);
    await page.getByRole('link', { name: 'Rules and their history' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.evaluate('location.hash')).resolves.toBe('#rules');
    const rule = page.locator('summary', { hasText: 'What answers cost' });
    await rule.focus();
    await page.keyboard.press('Enter');
    await expect(rule.locator('..').getAttribute('open')).resolves.toBe('');
    await context.close();
  });

  test('sounds the alarm while jobs have failed, and while a service is away', async () => {
    trouble = '2 jobs have failed';
    const text = await (await fetch(`${pages.url}/consortium`)).text();
    trouble = undefined;
    expect(text).toContain('batch: 2 jobs have failed for good');
    expect(text).toContain('batch cannot do its work: 2 jobs have failed');
  });
});

test(
  'what cannot be read says so, and the rest of the page stands',
  { timeout: TEST_MS },
  async () => {
    const failing = () => Promise.reject(new Error('the peer is away'));
    const client = new Proxy({}, { get: () => new Proxy({}, { get: () => failing }) });
    const heard: unknown[] = [];
    const { ledger } = network.fixture.members.GarageMSP;
    const lost = await startPages(new Hono(), {
      watched: [{ name: 'speed', url: 'http://127.0.0.1:1' }],
      consortium: consortiumDesk(
        { mspId: 'GarageMSP', ledger, client: client as never },
        (error) => void heard.push(error),
      ),
    });
    const { context, page } = await newPerson(browser, { viewport: 'phone' });
    await page.goto(`${lost.url}/consortium`);
    await expect(page.getByText('This part could not be read').count()).resolves.toBe(4);
    await expect(page.getByText('speed does not answer').count()).resolves.toBe(1);
    await expect(page.getByText('The serving API does not answer.').count()).resolves.toBe(2);
    expect(heard.length).toBeGreaterThan(0);
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await keepScreenshot(page, 'consortium-away-phone');
    await context.close();
    await lost.stop();
  },
);

test('pages without a ledger say so', async () => {
  const bare = await startPages(new Hono());
  const text = await (await fetch(`${bare.url}/consortium`)).text();
  expect(text).toContain('These pages have no ledger');
  await bare.stop();
});
