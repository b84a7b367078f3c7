import { z } from '@hono/zod-openapi';

const exactAt = {
  ledger: z.string().openapi({ description: 'the ledger, a CAIP-2 reference' }),
  block: z.int().openapi({ description: 'the block that the answer is exact at' }),
  blockHash: z.string().openapi({ description: "SHA-256 of that block's header, hexadecimal" }),
  ledgerTime: z.string().openapi({ description: 'latest time of a valid transaction up to it' }),
  definitions: z.int().openapi({ description: "version of the views' definitions" }),
};

/** A failure (RFC 9457). */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
  })
  .openapi('Problem');

/** ViewAnswer of the model. */
export const viewAnswer = z
  .object({
    ...exactAt,
    view: z.string(),
    by: z.array(z.string()),
    metrics: z.array(z.object({ name: z.string(), unit: z.string() })),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  })
  .openapi('ViewAnswer');

const place = z.object({ source: z.string(), entry: z.int(), index: z.int() });

/** VehicleAnswer of the model. */
export const vehicleAnswer = z
  .object({
    ...exactAt,
    vid: z.string(),
    state: z.string(),
    owners: z.int(),
    events: z.array(
      z.object({
        kind: z.string(),
        at: z.string(),
        recordedAt: z.string(),
        block: z.int(),
        tx: z.int(),
        index: z.int(),
        place: place.nullable(),
        odometerKm: z.int().nullable(),
        quality: z.int().nullable(),
        detail: z.record(z.string(), z.unknown()),
        voidedBy: place.nullable(),
      }),
    ),
  })
  .openapi('VehicleAnswer');

/** All views, as they can be asked. */
export const viewList = z
  .object({
    definitions: z.int(),
    views: z.array(
      z.object({
        name: z.string(),
        means: z.string(),
        dimensions: z.array(z.object({ name: z.string(), means: z.string() })),
        metrics: z.array(z.object({ name: z.string(), unit: z.string(), means: z.string() })),
      }),
    ),
  })
  .openapi('Views');

/** How far everything is. */
export const status = z
  .object({
    block: z.int().nullable().openapi({ description: 'newest exact answer' }),
    oldestBlock: z.int().nullable().openapi({ description: 'oldest one that can be asked for' }),
    ledger: z.string().nullable(),
    ledgerTime: z.string().nullable(),
    watermark: z
      .int()
      .nullable()
      .openapi({ description: 'views in the archive go up to this block' }),
    epochBlocks: z.int().nullable(),
    trouble: z.string().nullable().openapi({ description: 'why answers do not move on' }),
    partitions: z.array(
      z.object({
        partition: z.int(),
        block: z.int().nullable(),
        epoch: z.int().nullable(),
        lagBlocks: z.int().nullable().openapi({ description: 'behind the furthest partition' }),
      }),
    ),
  })
  .openapi('Status');
