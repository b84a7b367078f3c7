import type { Page } from '@passport/testkit/browser';
import { expect } from 'vitest';

const passphrase = 'somebody who has a car';

/** Makes keys on the first page that asks for them, and goes past the 24 words. */
export async function makeWallet(page: Page): Promise<void> {
  await page.locator('#make-my-keys-first').fill(passphrase);
  await page.locator('#make-my-keys-second').fill(passphrase);
  await page.getByRole('button', { name: 'Make my keys' }).click();
  await page.getByRole('heading', { name: 'Write these 24 words down' }).waitFor();
  await expect(page.locator('.words li').count()).resolves.toBe(24);
  await page.getByRole('button', { name: 'I have written them down' }).click();
}
