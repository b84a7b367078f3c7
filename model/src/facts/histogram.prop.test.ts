import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { boundsOf, bucketOf, quantileOf } from './histogram.ts';

const value = fc.oneof(fc.nat(5000), fc.maxSafeNat());

describe('the buckets of a histogram', () => {
  test('hold each value within 1 in 32 of it', () => {
    fc.assert(
      fc.property(value, (counted) => {
        const { min, max } = boundsOf(bucketOf(counted));
        expect(min).toBeLessThanOrEqual(counted);
        expect(max).toBeGreaterThanOrEqual(counted);
        expect(max - min).toBeLessThanOrEqual(counted / 32);
      }),
    );
  });

  test('lie side by side without a gap, and grow with their values', () => {
    let next = 0;
    for (let bucket = 0; bucket < 600; bucket += 1) {
      const { min, max } = boundsOf(bucket);
      expect([min, bucketOf(min), bucketOf(max)]).toEqual([next, bucket, bucket]);
      next = max + 1;
    }
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('%d is not counted', (no) => {
    expect(() => bucketOf(no)).toThrow(RangeError);
    expect(() => boundsOf(no)).toThrow(RangeError);
  });
});

describe('a quantile', () => {
  test('is that of the sorted values, in their buckets', () => {
    const values = fc.array(value, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1000 }), (list, permille) => {
        const counts = new Map<number, number>();
        for (const counted of list) {
          counts.set(bucketOf(counted), (counts.get(bucketOf(counted)) ?? 0) + 1);
        }
        const sorted = list.toSorted((a, b) => a - b);
        const rank = Math.max(1, Math.ceil((list.length * permille) / 1000));
        expect(quantileOf(counts, permille)).toBe(boundsOf(bucketOf(sorted[rank - 1] ?? 0)).max);
      }),
    );
  });

  test('of nothing is none', () => {
    expect(quantileOf(new Map(), 500)).toBeNull();
    expect(quantileOf(new Map([[3, 0]]), 500)).toBeNull();
  });
});
