import {
  keepScreenshot,
  newPerson,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import { PATIENCE_MS, type Shift, vinOf, WAY_MS } from './professional-shift.ts';

/** A garage enrols by a code, which is good once, and finds a car. */
export function findsByVin(shift: Shift): void {
  test(
    'a garage enrols by a code, which is good once, and finds a car by a VIN that no server saw',
    async () => {
      const asked: string[] = [];
      const garage = await shift.enrol('Garage at the corner');
      shift.garage = garage;
      garage.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
      await keepScreenshot(garage, 'professional-enrolled');
      shift.vid = await shift.find(garage, vinOf(2));
      expect(asked.filter((text) => text.includes('/vin/'))).toHaveLength(2);
      expect(asked.filter((text) => text.includes(vinOf(2)))).toEqual([]);

      const source = await garage.locator('#my-source').textContent();
      const sources = await shift.world.ledger.members.readSources({});
      expect(sources.map((one) => one.source as string)).toContain(source);
      const { page: other } = await newPerson(shift.world.browser);
      await other.goto(`${shift.world.pages}/professional`);
      await other.locator('#enrolment-code').fill(await shift.codeOf(source ?? ''));
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
}

/** It records work, and takes it back. */
export function recordsWork(shift: Shift): void {
  test(
    'it records work, which is on the ledger as its own, sealed, and takes it back',
    async () => {
      const { garage } = shift;
      const { passport } = shift.world.ledger;
      const source = await garage.locator('#my-source').textContent();
      const mine = async () =>
        (await passport.readLogBook({ vid: shift.vid })).events.filter(
          (event) => event.source === source,
        );
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
}

/** A wreck is declared by one expert, and cleared by another. */
export function declaresWreck(shift: Shift): void {
  test(
    'an appraiser declares a wreck, the garage repairs it, and only another expert clears it',
    async () => {
      const { garage } = shift;
      const appraiser = await shift.enrol('Appraiser of an insurer');
      shift.appraiser = appraiser;
      expect(await shift.find(appraiser, vinOf(2))).toBe(shift.vid);
      await shift.act(appraiser, 'The damage is appraised');
      await shift.act(appraiser, 'Declare it a wreck');
      expect(await shift.stateNow()).toBe('wreck');
      await keepScreenshot(appraiser, 'professional-wreck');

      await shift.find(garage, vinOf(2));
      await shift.act(garage, 'It is repaired');
      await shift.find(appraiser, vinOf(2));
      await appraiser.getByText('an expert of another one clears it').waitFor();
      await expect(
        appraiser.getByRole('button', { name: 'Clear the repaired wreck' }).count(),
      ).resolves.toBe(0);

      const other = await shift.enrol('Expert of the inspection body');
      await shift.find(other, vinOf(2));
      await shift.act(other, 'Clear the repaired wreck');
      expect(await shift.stateNow()).toBe('in-service');
      expect(shift.complaints).toEqual([]);
    },
    WAY_MS,
  );
}
