/** Values below 2^SUB_BITS have a bucket each; each power of two above has 2^SUB_BITS buckets. */
const SUB_BITS = 5;
const SUB_BUCKETS = 2 ** SUB_BITS;

/** The largest value that has a bucket; larger ones are counted in its bucket. */
export const HISTOGRAM_VALUE_MAX = Number.MAX_SAFE_INTEGER;

/**
 * The bucket of a whole number that is not negative, in a log-linear histogram: as in HdrHistogram (G.
 * Tene), buckets double in width with each power of two, so that a value is known to 1 in 32. Numbers
 * only, no logarithm: everybody finds the same bucket. Throws RangeError.
 */
export function bucketOf(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${value} is no whole number that can be counted`);
  }
  if (value < SUB_BUCKETS) return value;
  let exponent = 0;
  let mantissa = value;
  while (mantissa >= 2 * SUB_BUCKETS) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  return (exponent + 1) * SUB_BUCKETS + (mantissa - SUB_BUCKETS);
}

/** The smallest and the largest value of a bucket. Throws RangeError. */
export function boundsOf(bucket: number): { readonly min: number; readonly max: number } {
  if (!Number.isSafeInteger(bucket) || bucket < 0) throw new RangeError(`no bucket ${bucket}`);
  if (bucket < SUB_BUCKETS) return { min: bucket, max: bucket };
  const width = 2 ** (Math.floor(bucket / SUB_BUCKETS) - 1);
  const min = (SUB_BUCKETS + (bucket % SUB_BUCKETS)) * width;
  return { min, max: min + width - 1 };
}

/**
 * The value at or below which `permille` thousandths of the counted values lie, as the largest value
 * of its bucket (nearest rank, as HdrHistogram's highest equivalent value); null of nothing. Counts
 * are by bucket and not negative.
 */
export function quantileOf(counts: ReadonlyMap<number, number>, permille: number): number | null {
  let total = 0;
  for (const count of counts.values()) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil((total * permille) / 1000));
  let seen = 0;
  for (const bucket of [...counts.keys()].sort((a, b) => a - b)) {
    seen += counts.get(bucket) ?? 0;
    if (seen >= rank) return boundsOf(bucket).max;
  }
  throw new Error('a rank above the total');
}
