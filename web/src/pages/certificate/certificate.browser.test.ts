import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';

import { type CertificateStatus, withVin } from '@passport/model';
import {
  type Browser,
  keepScreenshot,
  newPerson,
  openBrowser,
  type Page,
  scrollsSideways,
  seriousIssues,
} from '@passport/testkit/browser';
import readQr from 'jsqr';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  doubtful,
  makeIssuer,
  shownVin,
  someClaims,
  statusApi,
  type TestIssuer,
} from '../../testing/some-certificate.ts';
import { type PagesServer, startPages } from '../../testing/start-pages.ts';

/** A busy machine takes its time. */
const WAY_MS = 120_000;

let browser: Browser;
let pages: PagesServer;
let issuer: TestIssuer;
const states = new Map<string, CertificateStatus['status']>();
let asked: string[] = [];

beforeAll(async () => {
  issuer = await makeIssuer();
  const api = statusApi((id) => {
    asked.push(id);
    return states.get(id);
  });
  [browser, pages] = await Promise.all([
    openBrowser(),
    startPages(api, { certificateIssuers: () => Promise.resolve([issuer.issuer]) }),
  ]);
});

afterAll(async () => {
  await browser.close();
  await pages.stop();
});

/** A name for a certificate, by a letter. */
const named = (letter: string): string => `${letter.repeat(21)}A`;

async function certificateIn(state: CertificateStatus['status'] | undefined, letter: string) {
  const jti = named(letter);
  if (state !== undefined) states.set(jti, state);
  return issuer.sign(someClaims({ jti }));
}

const addressOf = (text: string): string => `${pages.url}/certificate/verify#${text}`;

function shown(page: Page, state: string) {
  return page.locator(`[data-shown="${state}"]`).waitFor();
}

/** What an independent reader sees in a picture of a code. */
function readCode(picture: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(picture);
  return readQr.default(new Uint8ClampedArray(data), width, height)?.data;
}

for (const viewport of ['phone', 'desk'] as const) {
  for (const dark of [false, true]) {
    const look = `${viewport}${dark ? '-dark' : ''}`;
    test(
      `a certificate, ${look}: what it says, which car, how it was checked, and its code again`,
      { timeout: WAY_MS },
      async () => {
        const { context, page, complaints } = await newPerson(browser, { viewport, dark });
        const text = withVin(await certificateIn('current', 'a'), shownVin);
        await page.goto(addressOf(text));
        await shown(page, 'current');
        const says = await page.getByRole('main').innerText();
        for (const each of [
          ...['Genuine, and still true', 'Consistent', '87,412 km', 'Never declared a wreck'],
          ...['2 on record', 'High quality', '231 events of 6 sources of 4 members', shownVin.vin],
          ...['asked at block 12,400', 'block 12,345', 'AssistanceMSP'],
        ]) {
          expect(says).toContain(each);
        }
        await expect(scrollsSideways(page)).resolves.toBe(false);
        await expect(seriousIssues(page)).resolves.toEqual([]);
        await keepScreenshot(page, `certificate-${look}`);
        expect(complaints).toEqual([]);
        await context.close();
      },
    );
  }
}

describe('a certificate', { timeout: WAY_MS }, () => {
  test('with doubts says their size and reasons, and that a car was made up', async () => {
    const { context, page } = await newPerson(browser, { viewport: 'phone' });
    states.set(named('d'), 'current');
    const claims = someClaims({ jti: named('d'), ...doubtful, madeUp: 90 });
    const { vin: _, ...without } = claims;
    await page.goto(addressOf(await issuer.sign(without)));
    await shown(page, 'current');
    const says = await page.getByRole('main').innerText();
    for (const each of [
      ...['Mind what it says: Mileage: Doubtful; Was a wreck; another expert has'],
      ...[
        'Doubtful',
        'It went back once, by 64,210 km, on Jun 14, 2025',
        'another expert has cleared',
      ],
      ...['90 events behind it were made up', 'It does not say which car it is of', 'Fair quality'],
    ]) {
      expect(says).toContain(each);
    }
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await keepScreenshot(page, 'certificate-doubtful');
    await context.close();
  });

  test('has a state for everything that can be', async () => {
    const { context, page } = await newPerson(browser, { viewport: 'phone' });
    const genuine = await certificateIn('current', 'g');
    const stranger = await makeIssuer('AssistanceMSP');
    const expired = someClaims({ jti: named('e'), exp: Math.floor(Date.now() / 1000) - 1 });
    const { owners: _, ...noOwners } = someClaims({ jti: named('n') });
    states.set(named('n'), 'current');
    for (const [text, state, says] of [
      ['', 'missing', 'nothing to check'],
      ['hello', 'unreadable', 'no certificate'],
      [genuine.slice(0, -1), 'unreadable', 'no certificate'],
      [tampered(genuine), 'altered', 'it was changed'],
      [withVin(genuine, { ...shownVin, vin: 'WVWZZZ1JZXW000002' }), 'altered', 'it was changed'],
      [await stranger.sign(someClaims()), 'unknown-issuer', 'nobody known has signed it'],
      [await issuer.sign(expired), 'expired', 'It was good until'],
      [await certificateIn('revoked', 'r'), 'revoked', 'The owner took it back: at block 12,400'],
      [await certificateIn('ended', 'o'), 'ended', 'does not own the car any more'],
      [await certificateIn('changed', 'c'), 'changed', 'something else by now'],
      [await certificateIn(undefined, 'f'), 'forgotten', 'knows no such certificate'],
      [await issuer.sign(noOwners), 'current', 'Not in this certificate: owners.'],
    ] as const) {
      await page.goto(addressOf(text));
      await shown(page, state);
      const main = await page.getByRole('main').innerText();
      expect(main).toContain(says);
      const isBelieved = !['missing', 'unreadable', 'altered', 'unknown-issuer'].includes(state);
      expect([state, main.includes('87,412 km')]).toEqual([state, isBelieved]);
    }
    await page.goto(addressOf(tampered(genuine)));
    await shown(page, 'altered');
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await keepScreenshot(page, 'certificate-altered');
    await context.close();
  });

  test('is checked without a network after the first visit, and says that nobody was asked', async () => {
    const { context, page, complaints } = await newPerson(browser, { viewport: 'phone' });
    await page.goto(`${pages.url}/certificate`);
    await page.getByText('works without a network now').waitFor();
    expect(complaints).toEqual([]);
    await context.setOffline(true);
    asked = [];
    const text = await certificateIn('revoked', 'w');
    await page.goto(addressOf(text));
    await shown(page, 'offline');
    const says = await page.getByRole('main').innerText();
    expect(says).toContain('Whether it was revoked is not known');
    expect(says).toContain('87,412 km');
    expect(says).toContain('not asked');
    await keepScreenshot(page, 'certificate-offline');
    await page.goto(addressOf(tampered(text)));
    await shown(page, 'altered');
    await page.goto(`${pages.url}/certificate`);
    await page.getByLabel('Link or text').fill(addressOf(text));
    await page.getByRole('button', { name: 'Check it' }).click();
    await shown(page, 'offline');
    expect(asked).toEqual([]);
    // The network comes back, and it asks by itself.
    await context.setOffline(false);
    await shown(page, 'revoked');
    expect(asked).toContain(named('w'));
    await context.close();
  });

  test('is compared with the VIN on the car, typed or scanned, and what is typed is sent to nobody', async () => {
    const { context, page, complaints } = await newPerson(browser, {
      viewport: 'phone',
      dark: true,
    });
    // Headless browsers have no reader of bar codes; phones do.
    await page.addInitScript(`globalThis.BarcodeDetector = class {
      detect() { return Promise.resolve([{ rawValue: 'I${shownVin.vin}' }]); }
    };`);
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto(addressOf(withVin(await certificateIn('current', 'v'), shownVin)));
    await shown(page, 'current');
    const vin = page.getByLabel('VIN that stands on the car');
    const compare = page.getByRole('button', { name: 'Compare' });
    await expect(page.getByLabel('Number that the seller').count()).resolves.toBe(0);
    for (const [typed, result] of [
      ['too short', 'no-vin'],
      ['WVWZZZ1JZXW000002', 'other'],
      ['wvw zzz 1jz xw 000001', 'same'],
    ] as const) {
      await vin.fill(typed);
      await compare.press('Enter');
      await page.locator(`[data-compared="${result}"]`).waitFor();
    }
    await vin.fill('');
    await expect(page.locator('[data-compared]').count()).resolves.toBe(0);
    const dot = PNG.sync.write(new PNG({ width: 8, height: 8 }));
    await page
      .getByLabel('picture of its bar code')
      .setInputFiles({ name: 'vin.png', mimeType: 'image/png', buffer: dot });
    await expect.poll(() => vin.inputValue()).toBe(shownVin.vin);
    await compare.click();
    await page.locator('[data-compared="same"]').waitFor();
    await expect(scrollsSideways(page)).resolves.toBe(false);
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await keepScreenshot(page, 'certificate-compared-phone-dark');
    expect(sent.filter((each) => each.replace(/#.*/, '').includes('WVWZZZ'))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('is read from a picture of its code, and from a text that was pasted', async () => {
    const { context, page, complaints } = await newPerson(browser);
    const text = withVin(await certificateIn('current', 'p'), shownVin);
    await page.goto(addressOf(text));
    await shown(page, 'current');
    const picture = await page.locator('.qr svg').screenshot();
    await page.goto(`${pages.url}/certificate`);
    await expect(seriousIssues(page)).resolves.toEqual([]);
    await keepScreenshot(page, 'certificate-open');
    await page.getByLabel('Link or text').fill('what is this?');
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('That is no certificate').waitFor();
    const blank = PNG.sync.write(new PNG({ width: 200, height: 200 }));
    const input = page.getByLabel('picture of the code');
    await input.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: blank });
    await page.getByText('no QR code in that picture').waitFor();
    await input.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: picture });
    await shown(page, 'current');
    expect(page.url()).toBe(addressOf(text));
    expect(complaints).toEqual([]);
    await context.close();
  });

  test.each([2, 3])(
    'has a code on a phone with %i dots to a pixel that another reader reads',
    async (dots) => {
      const viewport = { width: 360, height: 740 };
      const context = await browser.newContext({ viewport, deviceScaleFactor: dots });
      const page = await context.newPage();
      const text = withVin(await certificateIn('current', 'h'), shownVin);
      await page.goto(addressOf(text));
      await shown(page, 'current');
      expect(readCode(await page.locator('.qr svg').screenshot())).toBe(addressOf(text));
      await context.close();
    },
  );

  test('prints on one page of A4, with its code, which can be read from there', async () => {
    const { context, page } = await newPerson(browser);
    const text = withVin(await certificateIn('current', 'q'), shownVin);
    await page.goto(addressOf(text));
    await shown(page, 'current');
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    // A4 at 96 dots to the inch.
    await page.setViewportSize({ width: 703, height: 1_032 });
    const path = await keepScreenshot(page, 'certificate-print');
    expect(readCode(await readFile(path))).toBe(addressOf(text));
    await context.close();
  });

  test('takes little: the page that checks it, with everything', async () => {
    const { context, page } = await newPerson(browser);
    let bytes = 0;
    const paths: string[] = [];
    page.on('requestfinished', async (request) => {
      paths.push(new URL(request.url()).pathname);
      const { responseBodySize, responseHeadersSize } = await request.sizes();
      bytes += responseBodySize + responseHeadersSize;
    });
    const text = await certificateIn('current', 'l');
    await page.goto(addressOf(text), { waitUntil: 'networkidle' });
    await shown(page, 'current');
    expect(bytes).toBeLessThanOrEqual(100_000);
    // What is checked is not sent: of it the server hears the name only.
    expect(paths.filter((path) => path.includes(text.slice(0, 40)))).toEqual([]);
    await context.close();
  });
});

/** The same certificate with one owner fewer, as somebody would like it. */
function tampered(text: string): string {
  const [head, body = '', signature] = text.split('.');
  const claims = Buffer.from(body, 'base64url').toString('utf8');
  const better = claims.replace('"km":87412', '"km":27412');
  expect(better).not.toBe(claims);
  return `${head}.${Buffer.from(better).toString('base64url')}.${signature}`;
}
