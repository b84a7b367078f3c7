import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { PassportError } from '@passport/model';
import { streamSSE } from 'hono/streaming';

import type { LiveFeed } from '../live/live-feed.ts';
import { liveMessages } from '../live/live-messages.ts';
import { failure, json } from './describe.ts';
import { exactAt } from './schemas.ts';

/** What is live, and how much of it. */
export type LiveParts = {
  readonly feed: Pick<LiveFeed, 'look' | 'figures'>;
  /** Readers at once; more are asked to come again. */
  readonly streamsMax: number;
  readonly now: () => Date;
  /** Ends all streams. */
  readonly signal: AbortSignal;
  /** Pause between two looks, and how long nothing is said at most, milliseconds. */
  readonly lookMs: number;
  readonly aliveMs: number;
};

/** After so long a browser comes back, milliseconds. */
const RETRY_MS = 2_000;

const sums = {
  events: z.int().openapi({ description: 'events that stand' }),
  trips: z.int(),
  distanceM: z.int().openapi({ description: 'metres' }),
  batches: z.int().openapi({ description: 'batches that it is made of' }),
};
const quality = { events: z.int(), meanQuality: z.number() };
const point = z.object({ block: z.int(), ledgerTime: z.string(), ...sums });

/** LiveFigures of the model. */
const liveFigures = z
  .object({
    ...exactAt,
    epochBlocks: z.int(),
    k: z.int(),
    totals: z.object(sums),
    windows: z.array(
      z.object({ window: z.string(), releases: z.int(), isWhole: z.boolean(), ...sums }),
    ),
    regions: z.array(z.object({ region: z.string(), ...sums })),
    kinds: z.array(z.object({ kind: z.string(), events: z.int() })),
    quality: z.object({
      days: z.array(z.object({ day: z.string(), ...quality })),
      sourceKinds: z.array(z.object({ sourceKind: z.string(), ...quality })),
    }),
    releases: z.array(point),
  })
  .openapi('LiveFigures');

const readFigures = createRoute({
  method: 'get',
  path: '/v1/live/figures',
  summary: 'What was released, at a glance: free, and for everybody',
  responses: {
    200: json(liveFigures, 'sums over whole batches, as of the end of an epoch'),
    503: failure('nothing was released yet'),
  },
});

const readLive = createRoute({
  method: 'get',
  path: '/v1/live',
  summary: 'The same as it moves: server-sent events',
  description: [
    'Events are `release` (one epoch’s batches, added up), `figures` (all else of /v1/live/figures), `height`, and `alive` where',
    'nothing else was said for a while. The id of an event is the block of the newest release that was told: with it in `Last-Event-ID` every release since is told,',
    'once.',
  ].join(' '),
  request: { headers: z.object({ 'Last-Event-ID': z.string().optional() }) },
  responses: {
    200: {
      description: 'a stream that stays open',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    400: failure('Last-Event-ID is no block'),
    503: failure('too many read already'),
  },
});

/** Adds what is live. */
export function addLiveRoutes(app: OpenAPIHono, parts: LiveParts): void {
  let streams = 0;
  app.openAPIRegistry.registerPath(readFigures);
  app.openAPIRegistry.registerPath(readLive);
  app.get('/v1/live/figures', async (context) => {
    const figures = await parts.feed.figures();
    if (figures === undefined) throw new PassportError('NOT_READY', 'nothing was released yet');
    return context.json(figures, 200, { 'Cache-Control': 'no-store' });
  });
  app.get('/v1/live', (context) => {
    const after = blockOfId(context.req.header('Last-Event-ID'));
    if (streams >= parts.streamsMax) {
      throw new PassportError('NOT_READY', `${parts.streamsMax} read this stream already`);
    }
    streams += 1;
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, parts.signal]);
    const { lookMs, aliveMs, now } = parts;
    context.header('Cache-Control', 'no-store');
    context.header('X-Accel-Buffering', 'no');
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => gone.abort(new Error('the reader is gone')));
      try {
        await stream.write(`retry: ${RETRY_MS}\n\n`);
        const messages = liveMessages(parts.feed, { after, signal, now, lookMs, aliveMs });
        for await (const message of messages) {
          if (message === 'alive') await stream.writeSSE({ event: 'alive', data: '' });
          else {
            const { event, data, id } = message;
            await stream.writeSSE({ event, data, ...(id === undefined ? {} : { id }) });
          }
        }
      } finally {
        streams -= 1;
      }
    });
  });
}

/** Throws PassportError `QUERY_INVALID`. */
function blockOfId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PassportError('QUERY_INVALID', '"Last-Event-ID" is the number of a block');
}
