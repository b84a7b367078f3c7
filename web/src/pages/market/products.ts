import { productSummary } from '@passport/client/products';
import { z } from 'zod';

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** `GET /v1/products/{name}`, as far as it is shown. */
export const productDetail = productSummary.extend({
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
