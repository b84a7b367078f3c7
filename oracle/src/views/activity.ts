import { countOf } from '../history/clear-fields.ts';
import type { ReadLine, History } from '../history/history.ts';
import type { Counted } from './counted.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Length of each window, and of the buckets that it moves by. */
const windows: Readonly<Record<string, { readonly lengthMs: number; readonly bucketMs: number }>> =
  {
    '1h': { lengthMs: HOUR_MS, bucketMs: MINUTE_MS },
    '24h': { lengthMs: 24 * HOUR_MS, bucketMs: 15 * MINUTE_MS },
    '7d': { lengthMs: 168 * HOUR_MS, bucketMs: HOUR_MS },
  };

/** Names of the windows. */
export const windowNames: readonly string[] = Object.keys(windows);

/**
 * What events count for in the view `activity`, in each window that they are in when the ledger's time
 * is `nowMs`: all that was recorded, whether it is voided since or voids something itself.
 */
export function countActivity(
  recorded: readonly ReadLine[],
  { blocks }: History,
  nowMs: number,
): Counted[] {
  return Object.entries(windows).flatMap(([window, { lengthMs, bucketMs }]) => {
    const startOf = (timeMs: number): number => timeMs - (timeMs % bucketMs);
    const firstMs = startOf(nowMs) - lengthMs + bucketMs;
    return recorded.flatMap((line) => {
      const startMs = startOf(blocks[line.block]?.ledgerTimeMs ?? 0);
      if (startMs < firstMs) return [];
      const { fields, flags, sourceKind, place, isErased } = line.event;
      const distanceM =
        line.kind === 'trip' && !isErased ? countOf(fields, 'Vehicle.TripMeterReading') : undefined;
      const bucket = new Date(startMs).toISOString();
      return {
        vid: line.vid,
        source: place.source,
        dimensions: { window, bucket, kind: line.kind, sourceKind },
        sums: { events: 1, distanceM, flags: flags.length },
        values: {},
      };
    });
  });
}
