import { createRoute, z } from '@hono/zod-openapi';

import { failure, json } from './describe.ts';
import { erasures, status, viewAnswer, viewList } from './schemas.ts';

const atBlock = z
  .string()
  .optional()
  .openapi({ description: 'an older block that is still held', type: 'integer' });

/** All views: what each counts, and by what. */
export const listViews = createRoute({
  method: 'get',
  path: '/v1/views',
  summary: 'What views there are',
  responses: { 200: json(viewList, 'the views') },
});

/** A query of a view. */
export const queryView = createRoute({
  method: 'get',
  path: '/v1/views/{view}',
  summary: 'Ask a view; every other parameter is a dimension that has to have that value',
  request: {
    params: z.object({ view: z.string() }),
    query: z.looseObject({
      metrics: z.string().optional().openapi({ description: 'names with commas between them' }),
      by: z.string().optional().openapi({ description: 'dimensions with commas between them' }),
      from: z.string().optional().openapi({ description: 'first day, YYYY-MM-DD' }),
      to: z.string().optional().openapi({ description: 'last day, YYYY-MM-DD' }),
      atBlock,
    }),
  },
  responses: {
    200: json(viewAnswer, 'the answer, exact at its block'),
    400: failure('the view does not have what is asked for; the detail lists what it has'),
    402: failure('the answer is sold'),
    404: failure('no exact answer is held at that block'),
    422: failure('the answer would be too large'),
    503: failure('no exact answer yet'),
  },
});

/** What a vehicle's owners had erased. */
export const listErasures = createRoute({
  method: 'get',
  path: '/v1/erasures/{vid}',
  summary: "What a car's owners had erased, how far that is, and who signed it",
  description: [
    'Free, and without a proof: who had something erased is nobody to the ledger any more, and it tells nothing but',
    'what all members see there.',
  ].join(' '),
  request: { params: z.object({ vid: z.string() }) },
  responses: {
    200: json(erasures, 'the erasures by owner epoch; none where nobody asked for one'),
    400: failure('it is no vid'),
  },
});

/** Takes a member's certificate. */
export const certifyErasure = createRoute({
  method: 'post',
  path: '/v1/erasures/{vid}/{ownerEpoch}/certificates',
  summary: "Puts a member's certificate of its part of an erasure beside the others",
  description: [
    "The body is the JWS. It proves itself by the member's certificate in x5c: nothing else is asked of who brings it.",
    'The first one of a member for its part stands.',
  ].join(' '),
  request: {
    params: z.object({ vid: z.string(), ownerEpoch: z.string() }),
    body: { content: { 'application/jose': { schema: z.string() } } },
  },
  responses: {
    200: json(erasures, 'all erasures of the car, with it'),
    400: failure('it is no certificate of this erasure on this ledger'),
    403: failure('the member is none, is suspended, or is not the registry'),
    404: failure('the archive has not come to that erasure: try again later'),
  },
});

/** How far everything is. */
export const readStatus = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'Height, watermark, lag of each partition',
  responses: { 200: json(status, 'the status') },
});
