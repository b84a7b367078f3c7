import { createRoute, z } from '@hono/zod-openapi';

import { tableFormats } from '../formats/formats.ts';
import { failure, json } from './describe.ts';
import { exactAt } from './schemas.ts';

const column = z.object({
  name: z.string(),
  type: z.enum(['text', 'int64', 'double', 'day', 'instant', 'boolean']),
  unit: z.string().nullable(),
  means: z.string(),
});
const rows = z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])));

const live = z
  .object({
    block: z.int().openapi({ description: 'the block that the figures are as of' }),
    ledgerTime: z.string(),
    batches: z.int(),
    newestBatchBlock: z.int().nullable(),
    vehicles: z.int().openapi({ description: 'counted once in each batch' }),
    sourcesMin: z.int().openapi({ description: 'the most sources that one batch is of' }),
    meanQuality: z
      .int()
      .nullable()
      .openapi({ description: 'mean quality index of all released events, of 1000' }),
  })
  .nullable()
  .openapi({ description: 'null of what is not made of batches, and before the first' });

const summary = z.object({
  product: z.string(),
  version: z
    .int()
    .nullable()
    .openapi({ description: 'that the ledger has of this descriptor; null where it has none' }),
  digest: z.string().openapi({ description: "SHA-256 of the descriptor's canonical JSON" }),
  status: z.enum(['offered', 'withdrawn', 'unpublished']),
  title: z.string(),
  summary: z.string(),
  answers: z.array(z.string()),
  views: z.array(z.string()),
  purposes: z.array(z.string()),
  privacy: z.record(z.string(), z.unknown()),
  refresh: z.string(),
  prices: z
    .array(z.object({ answer: z.string(), base: z.string(), unit: z.string(), permille: z.int() }))
    .openapi({ description: 'micro-PCC: (base + unit x n) x permille / 1000, rounded up' }),
  live,
});

const detail = summary
  .extend({
    descriptor: z.record(z.string(), z.unknown()),
    tables: z
      .array(
        z.object({
          name: z.string(),
          columns: z.array(z.object({ name: z.string(), type: z.string() })),
        }),
      )
      .openapi({ description: 'what POST /v1/sql reads' }),
    samples: z.array(
      z.object({ table: z.string(), rows: z.object({ columns: z.array(column), rows }) }),
    ),
    revisions: z.array(
      z.object({
        version: z.int(),
        digest: z.string(),
        publishedBy: z.string(),
        publishedAt: z.string(),
      }),
    ),
    dcat: z.record(z.string(), z.unknown()).openapi({ description: 'DCAT 3 as JSON-LD' }),
  })
  .openapi('Product');

/** What products are looked for by. */
export const productSearch = z.object({
  q: z.string().max(200).optional().openapi({ description: 'words, each somewhere in it' }),
  purpose: z.string().optional().openapi({ description: 'what it may be used for' }),
  view: z.string().optional().openapi({ description: 'what it is made of' }),
});

/** All products, or those that fit. */
const listProducts = createRoute({
  method: 'get',
  path: '/v1/products',
  summary: 'What is sold; words, purpose and view narrow it down',
  request: {
    query: productSearch,
  },
  responses: {
    200: json(z.object({ products: z.array(summary) }).openapi('Products'), 'the products'),
    400: failure('the query cannot be read'),
    503: failure('the ledger is away'),
  },
});

/** One product. */
const readProduct = createRoute({
  method: 'get',
  path: '/v1/products/{name}',
  summary: 'Schema, terms, price, samples, live figures, and every version with its digest',
  request: { params: z.object({ name: z.string() }) },
  responses: {
    200: json(detail, 'the product'),
    404: failure('there is no such product'),
    503: failure('the ledger is away'),
  },
});

/** What is asked by SQL. */
export const sqlQuestion = z.strictObject({
  product: z.string().max(48),
  sql: z.string().min(1),
  atBlock: z.int().min(0).optional().openapi({ description: 'the end of an older epoch' }),
  rowsMax: z.int().min(1).optional().openapi({
    description:
      'rows that the answer has at most, as if by LIMIT; where it is sold it is quoted for so many',
  }),
});

const answer = z
  .object({ ...exactAt, product: z.string(), columns: z.array(column), rows })
  .openapi('SqlAnswer');

/** A statement over a product's tables. */
const askSql = createRoute({
  method: 'post',
  path: '/v1/sql',
  summary: "One SELECT in DuckDB's SQL over the released tables of a product",
  description: [
    'The tables are those of GET /v1/products/{name}. An int64 beyond 2^53 is a text of digits in JSON.',
    'Other formats say where they are exact in headers Passport-Ledger, Passport-Block,',
    'Passport-Block-Hash, Passport-Ledger-Time, Passport-Definitions.',
  ].join(' '),
  request: { body: { content: { 'application/json': { schema: sqlQuestion } }, required: true } },
  responses: {
    200: {
      description: 'the answer, in the format that Accept asks for',
      content: Object.fromEntries(
        tableFormats.map(({ name, mediaType }) => [
          mediaType,
          { schema: name === 'json' ? answer : z.string() },
        ]),
      ),
    },
    400: failure('no such request; SQL_UNREADABLE, SQL_NOT_A_SELECT'),
    402: failure('the answer is sold: PAYMENT-REQUIRED says how, by x402 v2'),
    403: failure('SQL_TABLE_REFUSED, SQL_FUNCTION_REFUSED, SQL_SYNTAX_REFUSED'),
    404: failure('no such product, or no epoch ends at that block'),
    406: failure('there is no such format; the detail lists what there is'),
    409: failure('the key stands for another request, or another server serves the tab'),
    410: failure('what was bought cannot be given again'),
    413: failure('the request is too long'),
    422: failure(
      'SQL_INVALID, SQL_TYPE_REFUSED, SQL_TOO_LARGE, SQL_TOO_SLOW, SQL_MEMORY_EXCEEDED: no charge',
    ),
    429: failure('too many statements of the buyer have failed'),
    503: failure('nothing was released yet, or too many statements wait'),
  },
});

/** The routes of the market. */
export const marketRoutes = { listProducts, readProduct, askSql } as const;
