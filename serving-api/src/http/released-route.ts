import { createRoute, z } from '@hono/zod-openapi';
import { readReleasedQuery, type ReleasedAnswer } from '@passport/model';

import type { ForSale, SoldAnswer } from '../market/for-sale.ts';
import { payFor } from '../market/pay-for.ts';
import type { AppOptions } from './app-options.ts';
import { blockOf, requirePayment } from './asking.ts';
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
      content: { 'application/json': { schema: releasedAnswer } },
    },
    400: failure('the view does not have what is asked for; the detail lists what it has'),
    402: failure('the answer is sold: PAYMENT-REQUIRED says how, by x402 v2'),
    404: failure('no epoch ends at that block, or it is forgotten'),
    409: failure('the key stands for another request, or another server serves the tab'),
    410: failure('what was bought cannot be given again'),
    422: failure('the answer would be too large'),
    503: failure('nothing was released yet'),
  },
});

/** Answers it: for nothing on a developer's ledger, else for a payment. Throws PassportError. */
export async function answerReleased(
  options: AppOptions,
  view: string,
  request: Request,
): Promise<Response> {
  const { released, market, isFree } = options;
  const url = new URL(request.url);
  const query = readReleasedQuery(view, url.searchParams);
  const block = blockOf(url);
  if (isFree || market === undefined) {
    requirePayment(options);
    return Response.json(await released.answer(query, block));
  }
  const sale: ForSale = {
    product: market.desk.prices.productOf(query.view),
    kind: 'view',
    request: { method: 'GET', path: url.pathname, search: url.search },
    produce: async (at = block) => soldAnswer(await released.answer(query, at)),
  };
  return payFor(market.desk, request, sale);
}

/** Cells are what is counted: a row has one for each metric. */
function soldAnswer(answer: ReleasedAnswer): SoldAnswer {
  return {
    body: Buffer.from(JSON.stringify(answer), 'utf8'),
    type: 'application/json',
    block: answer.block,
    units: answer.rows.length * answer.metrics.length,
    qualityPermille: null,
  };
}
