import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ReleaseArchive, ReleasedBatch, Watermark } from '@passport/batch-layer';
import { type LiveFigures, PassportError } from '@passport/model';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { LiveFeed } from '../live/live-feed.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { addLiveRoutes } from './live-routes.ts';
import { problemOf, sendProblem } from './problem.ts';

const WAIT = { timeout: 10_000, interval: 5 };
const HOUR_MS = 3_600_000;

/** An epoch each four blocks, an hour long, with one batch of trips and one of their events. */
class GrowingArchive implements ReleaseArchive {
  block = -1;
  ledger = 'fabric:a';
  /** Older watermarks are forgotten. */
  oldest = 0;

  watermark(): Promise<Watermark | undefined> {
    return this.watermarkAt(this.block);
  }

  watermarkAt(block: number): Promise<Watermark | undefined> {
    if (block < this.oldest || block % 4 !== 3) return Promise.resolve(undefined);
    return Promise.resolve({
      ...{ ledger: this.ledger, block, hash: String(block), ledgerTimeMs: (block * HOUR_MS) / 4 },
      ...{ epochBlocks: 4, partitions: 1, definitions: 1, tables: {}, edition: 0 },
    });
  }

  async *batches(at: Watermark, after: number): AsyncGenerator<ReleasedBatch[]> {
    for (let block = 3; block <= at.block; block += 4) if (block > after) yield batchesOf(block);
  }
}

function batchesOf(block: number): ReleasedBatch[] {
  const crowd = [
    ['batches', 1],
    ['vehicles', 10],
  ] as const;
  const place = ['2026-01-01', 'Seat', '*', '*', block === 3 ? '*' : 'FR-IDF', '*'];
  return [
    {
      ...{ view: 'usage' as const, dimensions: [...place, 'dt'], block },
      sums: [...crowd, ['trips', block], ['distanceM', 1_000 * block]],
    },
    {
      ...{ view: 'events' as const, dimensions: [...place, 'trip', 'dt'], block },
      sums: [...crowd, ['events', block], ['qualityPoints', 800 * block]],
    },
  ];
}

type Message = { readonly event: string; readonly id: string | undefined; readonly data: string };

let archive: GrowingArchive;
let released: ReleasedMirror;
let height: number;
let over: AbortController;
let server: Server;
let url: string;

beforeEach(async () => {
  archive = new GrowingArchive();
  released = new ReleasedMirror({ archive, logger: quiet, pollMs: 5 });
  height = 0;
  over = new AbortController();
  let tick = 0;
  const feed = new LiveFeed({
    released,
    // Each look is a new one.
    now: () => new Date((tick += 1_000)),
    readHeight: () =>
      Promise.resolve({
        ...{ block: height, ledgerTime: null, watermark: archive.block, epochBlocks: 4 },
        ...{ trouble: null, partitions: [] },
      }),
  });
  const app = new OpenAPIHono();
  app.onError((error, context) => {
    const problem = error instanceof PassportError ? problemOf(error) : undefined;
    if (problem === undefined) throw error;
    return sendProblem(context, problem);
  });
  addLiveRoutes(app, {
    ...{ feed, streamsMax: 2, signal: over.signal, lookMs: 5, aliveMs: 60 },
    now: () => new Date(),
  });
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  over.abort(new Error('the test is over'));
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

/** Moves the ledger, and the mirror behind it. */
async function move(block: number): Promise<void> {
  archive.block = block;
  height = block + 2;
  await released.advance();
}

/** Opens the stream; `messages` grows, `lines` has all that came. */
async function open(lastEventId?: string) {
  const leaving = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const response = await fetch(`${url}/v1/live`, { headers, signal: leaving.signal });
  const messages: Message[] = [];
  let text = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      messages.splice(0, messages.length, ...parse(text));
    }
  })().catch(() => undefined);
  return {
    ...{ response, messages },
    text: () => text,
    releases: () => messages.filter(({ event }) => event === 'release').map(({ id }) => Number(id)),
    leave: async () => {
      leaving.abort();
      await reading;
    },
    ended: reading,
  };
}

function parse(text: string): Message[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((part) => {
      const lines = part.split('\n');
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = field('event');
      // Whether it lives while nothing moves is for one test alone.
      return event === undefined || event === 'alive'
        ? []
        : [{ event, id: field('id'), data: field('data') ?? '' }];
    });
}

describe('the figures', () => {
  test('are sums over whole batches, with windows of ledger time', async () => {
    expect((await fetch(`${url}/v1/live/figures`)).status).toBe(503);
    await move(7);
    const response = await fetch(`${url}/v1/live/figures`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const figures = (await response.json()) as LiveFigures;
    expect(figures).toMatchObject({
      ...{ ledger: 'fabric:a', block: 7, epochBlocks: 4, k: 10 },
      totals: { events: 10, trips: 10, distanceM: 10_000, batches: 2 },
      kinds: [{ kind: 'trip', events: 10 }],
      quality: {
        days: [{ day: '2026-01-01', events: 10, meanQuality: 800 }],
        sourceKinds: [{ sourceKind: '*', events: 10, meanQuality: 800 }],
      },
    });
    expect(figures.regions.map(({ region, trips }) => [region, trips])).toEqual([
      ['*', 3],
      ['FR-IDF', 7],
    ]);
    expect(figures.windows.map(({ window, trips, isWhole }) => [window, trips, isWhole])).toEqual([
      ['1h', 7, true],
      ['24h', 10, true],
      ['7d', 10, true],
    ]);
  });

  test('say so where a window began before what is known', async () => {
    archive.oldest = 8;
    await move(15);
    const { windows } = (await (await fetch(`${url}/v1/live/figures`)).json()) as LiveFigures;
    expect(windows.map(({ releases, isWhole }) => [releases, isWhole])).toEqual([
      [1, true],
      [2, false],
      [2, false],
    ]);
  });
});

describe('the stream', () => {
  test('tells all releases, then each as it comes, and the height', async () => {
    await move(7);
    const stream = await open();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    await vi.waitUntil(() => stream.messages.some(({ event }) => event === 'height'), WAIT);
    expect(stream.messages.map(({ event, id }) => `${event} ${id}`)).toEqual([
      ...['release 3', 'release 7', 'figures 7', 'height 7'],
    ]);
    await move(11);
    await vi.waitUntil(() => stream.releases().length === 3, WAIT);
    expect(stream.releases()).toEqual([3, 7, 11]);
    await stream.leave();
  });

  test('goes on behind the last one that a reader had, wherever it broke', async () => {
    const told: number[] = [];
    let last: string | undefined;
    for (const block of [7, 7, 19, 23, 39]) {
      await move(block);
      const stream = await open(last);
      await vi.waitUntil(() => stream.messages.some(({ event }) => event === 'figures'), WAIT);
      told.push(...stream.releases());
      last = stream.messages.findLast(({ id }) => id !== undefined)?.id ?? last;
      await stream.leave();
    }
    expect(told).toEqual([3, 7, 11, 15, 19, 23, 27, 31, 35, 39]);
  });

  test.each([
    ['from another ledger', 'fabric:b', undefined],
    ['from ahead of this one', 'fabric:a', '4003'],
  ])('begins anew for a reader %s', async (_who, ledger, last) => {
    await move(7);
    const stream = await open(last);
    await vi.waitUntil(() => stream.releases().length === 2, WAIT);
    if (last === undefined) {
      archive.ledger = ledger;
      await move(11);
      await vi.waitUntil(() => stream.releases().length === 5, WAIT);
      expect(stream.releases()).toEqual([3, 7, 3, 7, 11]);
    } else expect(stream.releases()).toEqual([3, 7]);
    await stream.leave();
  });

  test('says that it lives while nothing moves', async () => {
    const stream = await open();
    await vi.waitUntil(() => stream.text().includes('event: alive'), WAIT);
    expect(stream.text().startsWith('retry: 2000\n\n')).toBe(true);
    await stream.leave();
  });

  test('has room for so many, and again once one has left', async () => {
    const [first, second] = [await open(), await open()];
    const third = await fetch(`${url}/v1/live`);
    expect(third.status).toBe(503);
    await expect(third.json()).resolves.toMatchObject({ code: 'NOT_READY' });
    await first.leave();
    await vi.waitUntil(async () => {
      const again = await open();
      await again.leave();
      return again.response.status === 200;
    }, WAIT);
    await second.leave();
  });

  test('ends when the server does', async () => {
    const stream = await open();
    over.abort(new Error('stop'));
    await expect(stream.ended).resolves.toBeUndefined();
  });

  test('refuses an id that is no block', async () => {
    const response = await fetch(`${url}/v1/live`, { headers: { 'Last-Event-ID': 'x' } });
    expect(response.status).toBe(400);
  });
});
