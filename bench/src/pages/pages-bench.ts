import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { readyEvent, startProcess } from '@passport/runtime';
import { type Browser, newPerson, openBrowser } from '@passport/testkit/browser';
import { build } from 'esbuild';

import { type Figure, median } from '../figure.ts';

const ROUNDS = 9;
const EVENTS = 5_000;
const READY_MS = 60_000;

/** Measures the pages in a real browser: what the first one takes, and how fast a long history is drawn. */
export async function pagesBench(say: (line: string) => void): Promise<Figure[]> {
  const api = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end('{"block":12345}');
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port: apiPort } = api.address() as AddressInfo;
  const pages = await startProcess<Record<string, unknown>>({
    command: process.execPath,
    args: [fileURLToPath(import.meta.resolve('@passport/web/main')), '--stop-on-stdin-end'],
    env: { WEB_PORT: '0', SERVING_URL: `http://127.0.0.1:${apiPort}` },
    readyLine: readyEvent('web.ready'),
    readyTimeoutMs: READY_MS,
  });
  const browser = await openBrowser();
  try {
    const url = `http://127.0.0.1:${String(pages.ready['port'])}`;
    say('first page, with an empty cache');
    const first: Awaited<ReturnType<typeof openFirst>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) first.push(await openFirst(browser, url));
    say(`timeline of ${EVENTS} events`);
    const drawn = await drawTimeline(browser, url);
    return [
      {
        figure: 'first page, all of it',
        value: median(first.map(({ bytes }) => bytes)) / 1000,
        unit: 'kB',
        target: { atMost: 100 },
      },
      {
        figure: 'first page, until it is interactive',
        value: median(first.map(({ aliveMs }) => aliveMs)),
        unit: 'ms',
        target: { atMost: 1_000 },
      },
      {
        figure: `history of ${EVENTS} events, until its first entries are drawn`,
        value: median(drawn.map(({ firstMs }) => firstMs)),
        unit: 'ms',
        target: { atMost: 200 },
      },
      {
        figure: `history of ${EVENTS} events, longest pause until all are there`,
        value: median(drawn.map(({ longestMs }) => longestMs)),
        unit: 'ms',
      },
      {
        figure: `history of ${EVENTS} events, until all are there`,
        value: median(drawn.map(({ allMs }) => allMs)),
        unit: 'ms',
      },
    ];
  } finally {
    await browser.close();
    await pages.stop(5_000);
    api.close();
  }
}

/** Opens the first page in a new browser; answers bytes on the wire, and the time until its island lives. */
async function openFirst(
  browser: Browser,
  url: string,
): Promise<{ readonly bytes: number; readonly aliveMs: number }> {
  const { context, page } = await newPerson(browser);
  let bytes = 0;
  const sized: Promise<void>[] = [];
  page.on('requestfinished', (request) => {
    sized.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        bytes += responseBodySize + responseHeadersSize;
      }),
    );
  });
  await page.goto(url);
  await page.waitForSelector('[data-alive]');
  const aliveMs = Number(await page.evaluate('performance.now()'));
  await page.waitForLoadState('networkidle');
  await Promise.all(sized);
  await context.close();
  return { bytes, aliveMs };
}

/** Draws a long history piece by piece, as the owner's page does; answers the times of each round. */
async function drawTimeline(browser: Browser, url: string): Promise<Drawn[]> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export * from '@passport/web/book';",
      resolveDir: import.meta.dirname,
    },
    ...{ bundle: true, format: 'iife', globalName: 'book', platform: 'browser' },
    ...{ minify: true, write: false, jsx: 'automatic', jsxImportSource: 'hono/jsx' },
  });
  const { context, page } = await newPerson(browser);
  await page.goto(`${url}/no-such-page`);
  await page.evaluate(`${outputFiles[0]?.text ?? ''}; globalThis.book = book;`);
  const times: Drawn[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(await page.evaluate<Drawn>(`(${drawOnce})(${EVENTS})`));
  }
  await context.close();
  return times;
}

/** Until the first entries are drawn, the longest time between two frames, and until all entries are there. */
type Drawn = { readonly firstMs: number; readonly longestMs: number; readonly allMs: number };

/** Runs in the page. */
const drawOnce = `async (count) => {
  const lines = Array.from({ length: count }, (_, index) => ({
    kind: index % 7 === 0 ? 'intervention' : 'trip',
    at: new Date(Date.UTC(2018, 0, 1 + index / 3)).toISOString().slice(0, 10),
    block: index, place: { source: 'MakerMSP/fleet' }, odometerKm: 10 * index, quality: 800,
    fields: {
      'Vehicle.TripMeterReading': { value: 12345, unit: 'm' },
      'Vehicle.TripDuration': { value: 900000, unit: 'ms' },
    },
    closed: ['location'], detail: { method: 'connected-car', flags: index % 50 === 0 ? ['late'] : [] },
    voidedBy: null,
  }));
  const place = document.querySelector('main');
  place.replaceChildren();
  await new Promise((next) => requestAnimationFrame(next));
  const start = performance.now();
  const writer = book.writerOf('en');
  place.innerHTML = book.curveMarkup(lines, writer);
  let last = start, firstMs = 0, longestMs = 0;
  for (let at = 0; at < count; at += 100) {
    place.insertAdjacentHTML('beforeend', book.timelineMarkup(lines.slice(at, at + 100), writer));
    await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    const now = performance.now();
    if (at === 0) firstMs = now - start;
    longestMs = Math.max(longestMs, now - last);
    last = now;
  }
  return { firstMs, longestMs, allMs: last - start };
}`;
