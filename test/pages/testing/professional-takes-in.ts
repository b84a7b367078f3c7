import { keyScopes } from '@passport/model';
import { keepScreenshot, newPerson, seriousIssues } from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import { makeWallet } from './make-wallet.ts';
import { PATIENCE_MS, type Shift, vidOn, vinOf, WAY_MS } from './professional-shift.ts';

/** A car that nobody knew comes into the log book, with keys that its owner makes in an empty browser. */
export function takesIn(shift: Shift): void {
  test(
    'a garage takes in a car that nobody knew, with keys that its owner makes in an empty browser',
    async () => {
      const { garage } = shift;
      const { browser, ledger } = shift.world;
      await garage.locator('#vin').fill(vinOf(999));
      await garage.getByRole('button', { name: 'Find' }).click();
      await garage.getByText('This car is not in the log book.').waitFor();
      await garage.locator('#in-use-since').fill('2026-11-02');
      await garage.locator('#brand').fill('Dacia');
      await garage.locator('#model').fill('Spring');
      await garage.locator('#energy').selectOption('ELECTRIC');
      await garage.locator('#region').fill('fr-idf');
      await expect(seriousIssues(garage)).resolves.toEqual([]);
      await keepScreenshot(garage, 'professional-takes-in');
      await garage.getByRole('button', { name: 'Show the owner a code' }).click();
      const link = (await garage.locator('#new-link').textContent()) ?? '';

      const { page: owner } = await newPerson(browser, { viewport: 'phone', dark: true });
      owner.setDefaultTimeout(PATIENCE_MS);
      await owner.goto(link);
      await makeWallet(owner);
      await owner.getByText('Garage at the corner').waitFor();
      await owner.getByRole('button', { name: 'It is my car: make its keys' }).click();
      const digits = owner.locator('.digits');
      await digits.waitFor();
      await garage.locator('.digits').waitFor();
      await expect(garage.locator('.digits').textContent()).resolves.toBe(
        await digits.textContent(),
      );
      await expect(seriousIssues(owner)).resolves.toEqual([]);
      await keepScreenshot(owner, 'owner-new-car-phone-dark');
      await keepScreenshot(garage, 'professional-compares');
      await garage.getByRole('button', { name: 'They are the same: sign' }).click();
      await garage.getByRole('button', { name: 'Open the car' }).click();
      await garage.locator('#state-now').waitFor();
      const taken = await vidOn(garage);

      await expect(ledger.passport.readVehicle({ vid: taken })).resolves.toMatchObject({
        ...{ registration: { registeredBy: 'GarageMSP' }, owner: { ownerEpoch: 1 } },
      });
      const keys = await ledger.consent.readSealingKeys({ vid: taken });
      expect(new Set(keys.map(({ scope }) => scope)).size).toBe(keyScopes.length);
      await owner.getByRole('button', { name: 'Show this car' }).click();
      // Its papers were sealed to the keys of this browser, and nobody else opens them.
      await owner.getByRole('heading', { name: 'Dacia Spring ELECTRIC' }).waitFor();
      shift.newcomer = { vid: taken, owner };
    },
    WAY_MS,
  );
}

/** Work, and another odometer, of the car that was taken in: its owner opens them. */
export function writesForNewcomer(shift: Shift): void {
  test(
    'what it writes about that car its owner reads, another odometer too',
    async () => {
      const { garage, newcomer, world } = shift;
      if (newcomer === undefined) throw new Error('nobody was taken in');
      const { vid, owner } = newcomer;
      await garage.locator('#km').fill('1500');
      await garage.locator('#job-brakes').check();
      await garage.getByRole('button', { name: 'Sign and record' }).click();
      await garage.getByText('Recorded in block').waitFor();
      await garage.locator('#former-km').fill('1502');
      await garage.locator('#new-km').fill('3');
      await garage.getByRole('button', { name: 'Sign the replacement' }).click();
      await garage.locator('#odometer ~ .notice-good').waitFor();
      await expect(seriousIssues(garage)).resolves.toEqual([]);
      await keepScreenshot(garage, 'professional-odometer');
      const { events } = await world.ledger.passport.readLogBook({ vid });
      expect(events.map(({ kind, odometerKm }) => [kind, odometerKm])).toEqual([
        ['intervention', 1500],
        ['odometer-replaced', 3],
      ]);
      expect(events[1]).toMatchObject({ formerOdometerKm: 1502 });

      await expect
        .poll(
          async () => {
            await owner.reload();
            await owner.getByRole('heading', { name: 'Dacia Spring ELECTRIC' }).waitFor();
            return owner.locator('.timeline', { hasText: 'brakes' }).count();
          },
          { timeout: PATIENCE_MS, interval: 1_000 },
        )
        .toBe(1);
      await owner.getByText('Its mileage fits together.').waitFor();
      await expect(seriousIssues(owner)).resolves.toEqual([]);
      await keepScreenshot(owner, 'owner-new-car-read-phone-dark');
      // A browser writes down as an error that a car is not there: that is how one finds a new one.
      expect(shift.complaints.filter((text) => !text.includes('404'))).toEqual([]);
    },
    WAY_MS,
  );
}
