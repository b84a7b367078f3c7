import { z } from 'zod';

const live = z
  .looseObject({
    block: z.int(),
    ledgerTime: z.string(),
    batches: z.int(),
    newestBatchBlock: z.int().nullable(),
    vehicles: z.int(),
    sourcesMin: z.int(),
    meanQuality: z.int().nullable(),
  })
  .nullable();

const price = z.looseObject({
  answer: z.string(),
  base: z.string().regex(/^\d+$/),
  unit: z.string().regex(/^\d+$/),
  permille: z.int(),
});

const summary = z.looseObject({
  product: z.string(),
  version: z.int().nullable(),
  digest: z.string(),
  status: z.string(),
  title: z.string(),
  summary: z.string(),
  answers: z.array(z.string()),
  views: z.array(z.string()),
  purposes: z.array(z.string()),
  privacy: z.looseObject({ rule: z.string(), vehiclesMin: z.int(), ownersMin: z.int() }),
  refresh: z.string(),
  prices: z.array(price),
  live,
});

/** `GET /v1/products`, as far as it is shown. */
export const productList = z.looseObject({ products: z.array(summary) });

/** A product in the catalogue. */
export type ProductSummary = z.output<typeof summary>;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** `GET /v1/products/{name}`, as far as it is shown. */
export const productDetail = summary.extend({
  descriptor: z.looseObject({
    fields: z.array(
      z.looseObject({
        name: z.string(),
        role: z.string(),
        type: z.string(),
        unit: z.string().optional(),
        means: z.string(),
      }),
    ),
    terms: z.looseObject({
      licence: z.string(),
      mayResell: z.boolean(),
      retentionDays: z.int(),
      text: z.string(),
    }),
    quality: z.looseObject({ indexMin: z.int(), ageMsMax: z.int() }),
    providers: z.array(z.looseObject({ method: z.string(), permille: z.int() })),
  }),
  tables: z.array(
    z.looseObject({
      name: z.string(),
      columns: z.array(z.looseObject({ name: z.string(), type: z.string() })),
    }),
  ),
  samples: z.array(
    z.looseObject({
      table: z.string(),
      rows: z.looseObject({
        columns: z.array(z.looseObject({ name: z.string(), unit: z.string().nullable() })),
        rows: z.array(z.array(cell)),
      }),
    }),
  ),
  revisions: z.array(
    z.looseObject({ version: z.int(), digest: z.string(), publishedAt: z.string() }),
  ),
});

/** One product. */
export type ProductDetail = z.output<typeof productDetail>;
