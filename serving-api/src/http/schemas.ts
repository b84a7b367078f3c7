import { z } from '@hono/zod-openapi';
import { erasureParts } from '@passport/model';

/** ExactAt of the model. */
export const exactAt = {
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

const access = z.object({
  as: z.enum(['owner', 'grantee']),
  ownerEpoch: z.int().openapi({ description: 'counts the owners' }),
  query: z.string().nullable().openapi({ description: "the read's name in the list of reads" }),
  grants: z
    .array(
      z.object({
        grantId: z.string(),
        purpose: z.string(),
        scopes: z.array(z.string()).openapi({ description: 'classes, and fields by themselves' }),
        expiresAt: z.string(),
        includesPast: z.boolean(),
        queriesLeft: z.int().nullable(),
      }),
    )
    .openapi({ description: 'those in force, by which it was read' }),
});

const book = {
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
};

/** VehicleAnswer of the model; `access` where it was proven who asks. */
export const vehicleAnswer = z
  .object({ ...book, access: access.optional() })
  .openapi('VehicleAnswer');

const seenReads = z.array(
  z.object({
    grantId: z.string().openapi({ description: '"owner" where the owner read' }),
    reader: z
      .union([z.object({ mspId: z.string() }), z.object({ keyId: z.string() })])
      .nullable()
      .openapi({ description: 'null where the owner read' }),
    scopes: z.array(z.string()),
    fields: z.array(z.string()).openapi({ description: 'what those scopes hold, by the schema' }),
    purpose: z.string().nullable(),
    at: z.string(),
    query: z.string(),
    by: z.string().nullable().openapi({ description: 'the member that served it' }),
    recordedAt: z
      .string()
      .nullable()
      .openapi({ description: 'null while the ledger does not have it' }),
  }),
);

/** Who read what. */
export const vehicleReads = z
  .object({
    vid: z.string(),
    ownerEpoch: z.int(),
    reads: seenReads,
    next: z.string().nullable(),
  })
  .openapi('VehicleReads');

/** Everything for the owner. */
export const vehicleExport = z
  .object({
    ...book,
    format: z.string(),
    access,
    signals: z.record(
      z.string(),
      z.object({
        class: z.string(),
        scope: z.string(),
        type: z.enum(['number', 'text']),
        unit: z.string().nullable(),
      }),
    ),
    reads: seenReads,
    readsNext: z.string().nullable(),
  })
  .openapi('VehicleExport');

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

/** What a vehicle's owners had erased. */
export const erasures = z
  .object({
    vid: z.string(),
    erasures: z.array(
      z.object({
        ownerEpoch: z.int(),
        saidIn: z
          .object({ block: z.int(), tx: z.int(), at: z.string() })
          .openapi({ description: 'the transaction in which the owner said so, and its time' }),
        isPending: z.boolean().openapi({
          description: "something is still to be destroyed at the market's operator",
        }),
        holders: z
          .array(z.object({ part: z.enum(erasureParts), mspId: z.string().nullable() }))
          .nullable()
          .openapi({
            description: 'who holds a part of it; null until the operator has looked',
          }),
        readerKeys: z.array(z.string()).openapi({
          description: 'thumbprints of keys that only grants of erased times were sealed to',
        }),
        certificates: z.array(
          z.object({
            part: z.enum(erasureParts),
            mspId: z.string(),
            jws: z.string().openapi({
              description:
                "the member's word on what it destroyed: a JWS with ES256, its certificate in x5c",
            }),
          }),
        ),
      }),
    ),
  })
  .openapi('Erasures');
