import { createRoute, z } from '@hono/zod-openapi';
import { readReleasedQuery, releasedViews, tableOfView } from '@passport/model';

import { formatOf, tableFormats, tableResponse } from '../formats/formats.ts';
import type { OpenSales } from '../market/open-sales.ts';
import { payFor } from '../market/pay-for.ts';
import type { PayingRequest } from '../market/paying-request.ts';
import type { AppOptions } from './app-options.ts';
import { blockOf, requirePayment } from './asking.ts';
import { exactHeaders } from './exact-headers.ts';
import { releasedSale } from './released-sale.ts';
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
    402: failure('the answer is sold: PAYMENT-REQUIRED says how, by x402 v2'),
    406: failure('there is no such format; the detail lists what there is'),
    404: failure('no epoch ends at that block, or it is forgotten'),
    409: failure('the key stands for another request, or another server serves the tab'),
    410: failure('what was bought cannot be given again'),
    422: failure('the answer would be too large'),
    503: failure('nothing was released yet'),
  },
});

/**
 * Answers it: for a payment where it is sold, for nothing on a developer's ledger that sells nothing. Throws
 * PassportError.
 */
export async function answerReleased(
  options: Pick<AppOptions, 'released' | 'isFree'> & {
    readonly sales?: Pick<OpenSales, 'desk'> | undefined;
  },
  view: string,
  request: PayingRequest,
): Promise<Response> {
  const { released, sales } = options;
  const url = new URL(request.url);
  const accept = request.headers.get('Accept');
  if (sales !== undefined) {
    return payFor(sales.desk, request, releasedSale(options, sales.desk, { view, url, accept }));
  }
  const query = readReleasedQuery(view, url.searchParams);
  const format = formatOf(accept ?? undefined);
  requirePayment(options);
  const answer = await released.answer(query, blockOf(url));
  if (format.name === 'json') return Response.json(answer);
  const table = tableOfView(releasedViews[query.view], answer);
  return tableResponse(format, table, {}, exactHeaders(answer));
}
