import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseVid, type Vid } from '@passport/model';
import { madeUpVin, settings } from '@passport/sandbox';
import {
  keepScreenshot,
  newPerson,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { readEnrolments } from '@passport/web/enrolments';
import { expect, test } from 'vitest';

import type { SandboxWorld } from './sandbox-world.ts';

/** Blinding, sealing, blocks: on a busy machine each takes seconds. */
const WAY_MS = 240_000;
const PATIENCE_MS = 60_000;

const { seed } = settings.parse({});
const damage = 'left door, mirror';

/** The VIN that stands for a vehicle of the sandbox's fleet. */
function vinOf(vehicle: number): string {
  return madeUpVin(`synthetic-${seed}-${vehicle}`);
}

/** What garages, appraisers and experts do with nothing but a browser; the ledger says whether it happened. */
export function professionalScenarios(world: () => SandboxWorld): void {
  let garage: Page;
  let appraiser: Page;
  let vid: Vid;
  const complaints: string[] = [];

  /** Somebody with an empty browser and the code of a trade. */
  async function enrol(name: string): Promise<Page> {
    const all = await readEnrolments(join(world().directory, 'enrolments.json'));
    const code = all.find((one) => one.name === name && one.keyId === null)?.code ?? '';
    const { page } = await newPerson(world().browser);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${world().pages}/professional`);
    await page.locator('#enrolment-code').fill(code);
    await page.getByRole('button', { name: 'Enrol' }).click();
    await page.getByRole('heading', { name }).waitFor();
    return page;
  }

  /** The code that a source was enrolled by. */
  async function codeOf(source: string): Promise<string> {
    const all = await readEnrolments(join(world().directory, 'enrolments.json'));
    return all.find((one) => one.source === source)?.code ?? '';
  }

  async function find(page: Page, vehicle: number): Promise<Vid> {
    await page.locator('#vin').fill(vinOf(vehicle));
    await page.getByRole('button', { name: 'Find' }).click();
    await page.locator('#state-now').waitFor();
    return parseVid((await page.getByRole('article').getAttribute('aria-label')) ?? '');
  }

  /** Presses the button of an act, and signs. */
  async function act(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.getByRole('button', { name: 'Yes, sign' }).click();
    await page.getByText('Signed, in block').waitFor();
  }

  const stateNow = async (): Promise<string> =>
    (await world().ledger.passport.readVehicle({ vid })).lifeCycle.state;

  test(
    'a garage enrols by a code, which is good once, and finds a car by a VIN that no server saw',
    async () => {
      const asked: string[] = [];
      garage = await enrol('Garage at the corner');
      garage.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
      await keepScreenshot(garage, 'professional-enrolled');
      vid = await find(garage, 2);
      expect(asked.filter((text) => text.includes('/vin/'))).toHaveLength(2);
      expect(asked.filter((text) => text.includes(vinOf(2)))).toEqual([]);

      const source = await garage.locator('#my-source').textContent();
      const sources = await world().ledger.members.readSources({});
      expect(sources.map((one) => one.source as string)).toContain(source);
      const { page: other } = await newPerson(world().browser);
      await other.goto(`${world().pages}/professional`);
      await other.locator('#enrolment-code').fill(await codeOf(source ?? ''));
      await other.getByRole('button', { name: 'Enrol' }).click();
      await other.getByText('no such code is open').waitFor({ timeout: PATIENCE_MS });
      await expect(seriousIssues(other)).resolves.toEqual([]);
      await keepScreenshot(other, 'professional-used-code');
      await expect(seriousIssues(garage)).resolves.toEqual([]);
      await keepScreenshot(garage, 'professional-car');
      await garage.setViewportSize({ width: 360, height: 740 });
      await expect(scrollsSideways(garage)).resolves.toBe(false);
      await keepScreenshot(garage, 'professional-car-phone');
      await garage.setViewportSize({ width: 1280, height: 900 });
    },
    WAY_MS,
  );

  test(
    'it records work, which is on the ledger as its own, sealed, and takes it back',
    async () => {
      const { passport } = world().ledger;
      const source = await garage.locator('#my-source').textContent();
      const mine = async () =>
        (await passport.readLogBook({ vid })).events.filter((event) => event.source === source);
      await garage.locator('#km').fill('9999998');
      await garage.locator('#job-brakes').check();
      await garage.locator('#job-tyres').check();
      await garage.locator('#files').setInputFiles({
        ...{ name: 'invoice.pdf', mimeType: 'application/pdf' },
        buffer: Buffer.from('an invoice'),
      });
      await garage.getByRole('button', { name: 'Sign and record' }).click();
      await garage.getByText('Recorded in block').waitFor();
      await garage.getByRole('button', { name: 'Save the proof of the files' }).waitFor();
      await keepScreenshot(garage, 'professional-recorded');
      const [recorded] = await mine();
      expect(recorded).toMatchObject({ kind: 'intervention', odometerKm: 9_999_998 });
      expect(Object.keys(recorded?.sealed ?? {})).toEqual(['maintenance']);
      expect(JSON.stringify(recorded)).not.toContain('brakes');

      const entry = garage.locator('.timeline > li', { hasText: '9,999,998' });
      await entry.locator('summary').click();
      await entry.locator('input').fill('typed wrong');
      await entry.getByRole('button', { name: 'Sign and take back' }).click();
      await garage.locator('.timeline .chip-warn', { hasText: 'taken back' }).waitFor();
      expect((await mine()).map(({ voidedBy }) => voidedBy?.reason)).toContain('typed wrong');
    },
    WAY_MS,
  );

  test(
    'an appraiser declares a wreck, the garage repairs it, and only another expert clears it',
    async () => {
      appraiser = await enrol('Appraiser of an insurer');
      expect(await find(appraiser, 2)).toBe(vid);
      await act(appraiser, 'The damage is appraised');
      await act(appraiser, 'Declare it a wreck');
      expect(await stateNow()).toBe('wreck');
      await keepScreenshot(appraiser, 'professional-wreck');

      await find(garage, 2);
      await act(garage, 'It is repaired');
      await find(appraiser, 2);
      await appraiser.getByText('an expert of another one clears it').waitFor();
      await expect(
        appraiser.getByRole('button', { name: 'Clear the repaired wreck' }).count(),
      ).resolves.toBe(0);

      const other = await enrol('Expert of the inspection body');
      await find(other, 2);
      await act(other, 'Clear the repaired wreck');
      expect(await stateNow()).toBe('in-service');
      expect(complaints).toEqual([]);
    },
    WAY_MS,
  );

  test(
    'an appraiser asks an owner, who allows it on their own page, and reads what was sealed',
    async () => {
      const { pages, browser, directory } = world();
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

      expect(await find(appraiser, 0)).toBe(owned);
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

      // And the owner sees it: who, which fields, for what, by which of the permissions.
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
    },
    WAY_MS,
  );
}
