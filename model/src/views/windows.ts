import { instantOf } from '../time/instant.ts';

/** A rolling window of ledger time, and the buckets that it moves by. */
export type RollingWindow = {
  readonly name: string;
  readonly lengthMs: number;
  readonly bucketMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The rolling windows. Each ends with the bucket that the ledger's time is in. */
export const windows: readonly RollingWindow[] = [
  { name: '1h', lengthMs: HOUR_MS, bucketMs: MINUTE_MS },
  { name: '24h', lengthMs: 24 * HOUR_MS, bucketMs: 15 * MINUTE_MS },
  { name: '7d', lengthMs: 7 * 24 * HOUR_MS, bucketMs: HOUR_MS },
];

/** The bucket of a window that a ledger time is in: its start. */
export function bucketStart({ bucketMs }: RollingWindow, ledgerTimeMs: number): string {
  return instantOf(Math.floor(ledgerTimeMs / bucketMs) * bucketMs);
}

/** The first bucket that a window still has at a ledger time. */
export function firstBucket(window: RollingWindow, ledgerTimeMs: number): string {
  return bucketStart(window, ledgerTimeMs - window.lengthMs + window.bucketMs);
}
