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

/** A product in the catalogue, as far as it is shown. */
export const productSummary = z.looseObject({
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

/** {@link productSummary} */
export type ProductSummary = z.output<typeof productSummary>;

/** `GET /v1/products` */
export const productList = z.looseObject({ products: z.array(productSummary) });
