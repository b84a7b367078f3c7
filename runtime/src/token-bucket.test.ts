import { expect, test } from 'vitest';

import { TokenBucket } from './token-bucket.ts';

test('a bucket says how long until there is enough, and then there is, and not before', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 1_000);
  expect(bucket.waitMs(3, 1_000)).toBe(0);
  bucket.take(3);
  expect(bucket.waitMs(1, 1_000)).toBe(500);
  expect(bucket.waitMs(3, 1_000)).toBe(1_500);
  expect(bucket.has(1, 1_499)).toBe(false);
  expect(bucket.has(1, 1_500)).toBe(true);
  // A clock that goes back fills nothing, and takes nothing.
  expect(bucket.has(1, 0)).toBe(true);
});

test('a bucket never has more than its burst, however long nobody takes', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
  expect(bucket.has(3, 1_000_000)).toBe(true);
  expect(bucket.has(4, 1_000_000)).toBe(false);
  expect(bucket.waitMs(4, 1_000_000)).toBe(Number.POSITIVE_INFINITY);
});
