import { join } from 'node:path';

import { runPassport } from '@passport/client/program';
import { parseVid, type Vid } from '@passport/model';
import { readCertificate } from '@passport/model/certificate';
import { keepScreenshot, newPerson, type Page, seriousIssues } from '@passport/testkit/browser';
import { expect, test } from 'vitest';

import type { SandboxWorld } from './sandbox-world.ts';

/** Keys by scrypt take seconds on a busy machine. */
const WAY_MS = 180_000;
const PATIENCE_MS = 60_000;

/** That of the sandbox's own owner. */
const passphrase = 'a car of my own';

/** A certificate that was handed out before the car is sold. */
let handedOut: { readonly link: string; readonly vid: Vid } | undefined;

/** An owner has a certificate made, and a buyer checks it: what it says is compared with the ledger. */
export function certificateScenarios(world: () => SandboxWorld): void {
  test(
    'is made by its owner, says what the ledger says, is genuine to a buyer, and is revoked',
    async () => {
      const { browser, directory, ledger, pages } = world();
      const { page } = await newPerson(browser);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(`${pages}/owner`);
      await page.locator('#wallet-file').setInputFiles(join(directory, 'owner-wallet.json'));
      await page.locator('#file-passphrase').fill(passphrase);
      await page.getByRole('button', { name: 'Bring it here' }).click();
      await page.getByRole('heading', { name: 'Its history' }).waitFor();
      const vid = parseVid((await page.getByRole('article').getAttribute('aria-label')) ?? '');
      await page.getByRole('link', { name: 'Make a certificate' }).click();
      const link = await make(page, 'WVWZZZ1JZXW000001');
      await expect(seriousIssues(page)).resolves.toEqual([]);
      await keepScreenshot(page, 'certificate-made-of-the-ledger');

      // Anybody with the network's profile finds the same by the command.
      const words = ['--profile', world().profile, '--online', '--api', world().api];
      const verified = await verifyByCommand([link, ...words, '--vin', 'wvwzzz1jzxw000001']);
      expect(verified).toMatchObject({ code: 0, error: '' });
      expect(verified.out).toContain('ok  it is of the car with that VIN');

      const claims = readCertificate(link.slice(link.indexOf('#') + 1))?.claims;
      const { events, owner, lifeCycle } = await ledger.passport.readLogBook({ vid });
      const standing = events.filter(({ kind, voidedBy }) => kind !== 'voided' && !voidedBy);
      const readings = standing.filter(({ odometerKm }) => odometerKm !== undefined);
      expect(claims).toMatchObject({
        iss: 'MutualMSP',
        mileage: { readings: readings.length, km: readings.at(-1)?.odometerKm },
        life: { state: lifeCycle.state },
        owners: owner?.ownerEpoch,
      });
      expect(Object.values(claims?.basis?.events ?? {}).reduce((sum, each) => sum + each, 0)).toBe(
        standing.length,
      );
      // The sandbox's cars are made up, and the certificate says so.
      expect(claims?.madeUp).toBeGreaterThan(0);
      expect(JSON.stringify(claims)).not.toContain(vid);

      const { page: buyer } = await newPerson(browser, { viewport: 'phone' });
      buyer.setDefaultTimeout(PATIENCE_MS);
      await buyer.goto(link);
      await shown(buyer, 'current');
      await buyer.getByText('A demonstration').waitFor();
      await buyer.getByText('WVWZZZ1JZXW000001').waitFor();
      await keepScreenshot(buyer, 'certificate-of-the-ledger');
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('revoked', { exact: true }).waitFor();
      await buyer.reload();
      await shown(buyer, 'revoked');
      handedOut = { link: await make(page, ''), vid };
      await buyer.goto(handedOut.link);
      await shown(buyer, 'current');
    },
    WAY_MS,
  );
}

/** After the car was sold, with the one that was handed out before. */
export function certificateAfterSale(world: () => SandboxWorld): void {
  test(
    'is over once the ledger has another owner',
    async () => {
      if (handedOut === undefined) throw new Error('none was handed out');
      const { browser, ledger } = world();
      const { link, vid } = handedOut;
      const ownership = await ledger.consent.readOwnership({ vid });
      expect(ownership?.ownerEpoch).toBeGreaterThan(1);
      const { page } = await newPerson(browser);
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(link);
      await shown(page, 'ended');
    },
    WAY_MS,
  );
}

/** What `passport verify-certificate` prints. */
async function verifyByCommand(words: readonly string[]) {
  const said = { out: '', error: '', code: -1 };
  await runPassport(['verify-certificate', ...words], {
    print: (text) => void (said.out += text),
    printError: (text) => void (said.error += text),
    exitWith: (code) => void (said.code = code),
  });
  return said;
}

/** Makes a certificate on the page for that, and answers the link to hand out. */
async function make(page: Page, vin: string): Promise<string> {
  await page.getByLabel('Vehicle identification').fill(vin);
  await page.getByRole('button', { name: 'Make the certificate' }).click();
  const link = page.getByLabel(vin === '' ? /^Link$/ : 'Link that shows the VIN');
  await link.waitFor();
  return link.inputValue();
}

function shown(page: Page, state: string): Promise<void> {
  return page.locator(`[data-shown="${state}"]`).waitFor();
}
