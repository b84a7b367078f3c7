import type { LiveFigures, LiveHeight, ReleasePoint } from '@passport/model';
import * as z from 'zod/mini';

const sums = { events: z.number(), trips: z.number(), distanceM: z.number(), batches: z.number() };
const quality = { events: z.number(), meanQuality: z.number() };
const kept = {
  ...{ ledger: z.string(), block: z.number(), blockHash: z.string(), ledgerTime: z.string() },
  ...{ definitions: z.number(), epochBlocks: z.number(), k: z.number() },
  totals: z.object(sums),
  windows: z.array(
    z.object({ window: z.string(), releases: z.number(), isWhole: z.boolean(), ...sums }),
  ),
  regions: z.array(z.object({ region: z.string(), ...sums })),
  kinds: z.array(z.object({ kind: z.string(), events: z.number() })),
  quality: z.object({
    days: z.array(z.object({ day: z.string(), ...quality })),
    sourceKinds: z.array(z.object({ sourceKind: z.string(), ...quality })),
  }),
};

/** What one epoch released. */
export const releasePoint: z.ZodMiniType<ReleasePoint> = z.object({
  ...{ block: z.number(), ledgerTime: z.string() },
  ...sums,
});

/** Figures as the stream tells them: the releases come by themselves. */
export type StreamedFigures = Omit<LiveFigures, 'releases'>;

/** {@link StreamedFigures} */
export const streamedFigures: z.ZodMiniType<StreamedFigures> = z.object(kept);

/** `/v1/live/figures`. */
export const liveFigures: z.ZodMiniType<LiveFigures> = z.object({
  ...kept,
  releases: z.array(releasePoint),
});

/** `/v1/status`, and the event `height`. */
export const liveHeight: z.ZodMiniType<LiveHeight> = z.object({
  block: z.nullable(z.number()),
  ledgerTime: z.nullable(z.string()),
  watermark: z.nullable(z.number()),
  epochBlocks: z.nullable(z.number()),
  trouble: z.nullable(z.string()),
  partitions: z.array(
    z.object({
      partition: z.number(),
      block: z.nullable(z.number()),
      lagBlocks: z.nullable(z.number()),
    }),
  ),
});
