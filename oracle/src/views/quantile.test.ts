import { describe, expect, test } from 'vitest';

import { quantile } from './quantile.ts';

describe('a quantile', () => {
  test('is of the nearest rank', () => {
    const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect(quantile(ten, 500)).toBe(5);
    expect(quantile(ten, 900)).toBe(9);
    expect(quantile([...ten, 11], 500)).toBe(6);
    expect(quantile([...ten, 11], 900)).toBe(10);
    expect(quantile([7], 500)).toBe(7);
    expect(quantile([], 500)).toBeNull();
  });

  test.each([
    [0, 0],
    [31, 31],
    [63, 63],
    [64, 65],
    [65, 65],
    [66, 67],
    [127, 127],
    [128, 131],
    [1000, 1007],
    [10_000_000_000, 10_200_547_327],
  ])('of %d is the largest value counted with it, %d', (value, largest) => {
    expect(quantile([value], 500)).toBe(largest);
  });
});
