import { createRoute, z } from '@hono/zod-openapi';

import { tableFormats } from '../formats/formats.ts';
import { problem, viewAnswer } from './schemas.ts';

/** ReleasedAnswer of the model. */
const releasedAnswer = viewAnswer
  .extend({
    epochBlocks: z.int().openapi({ description: 'blocks of an epoch; batches come at its end' }),
    k: z.int().openapi({ description: 'vehicles that each batch is of, at least' }),
    batches: z.int().openapi({ description: 'batches that the rows are made of' }),
    coarser: z
      .object({ batches: z.int(), vehicles: z.int() })
      .openapi({ description: 'left out: batches that are any (*) where the question is not' }),
  })
  .openapi('ReleasedAnswer');

const failure = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});
const text = (description: string) => z.string().optional().openapi({ description });

/** A question about the batches of a view. */
export const queryReleased = createRoute({
  method: 'get',
  path: '/v1/released/{view}',
  summary:
    'Ask what was released of a view: sums over whole batches, each of k vehicles or more; every other parameter is a dimension that has to have that value, * where batches do not tell',
  request: {
    params: z.object({ view: z.string() }),
    query: z.looseObject({
      metrics: text('names with commas between them'),
      by: text('dimensions with commas between them'),
      from: text('first day, YYYY-MM-DD'),
      to: text('last day, YYYY-MM-DD'),
      atBlock: z
        .string()
        .optional()
        .openapi({ description: 'the last block of an older epoch', type: 'integer' }),
    }),
  },
  responses: {
    200: {
      description: 'the answer, as of the end of an epoch',
      content: Object.fromEntries(
        tableFormats.map(({ name, mediaType }) => [
          mediaType,
          { schema: name === 'json' ? releasedAnswer : z.string() },
        ]),
      ),
    },
    400: failure('the view does not have what is asked for; the detail lists what it has'),
    402: failure('the answer is sold'),
    406: failure('there is no such format; the detail lists what there is'),
    404: failure('no epoch ends at that block, or it is forgotten'),
    422: failure('the answer would be too large'),
    503: failure('nothing was released yet'),
  },
});
