import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DurationError, formatGoDuration, parseGoDuration } from './go-duration.ts';

describe('a duration as Go writes it', () => {
  test.each([
    [0, '0s'],
    [1, '1ms'],
    [200, '200ms'],
    [2_000, '2s'],
    [1_500, '1.5s'],
    [60_000, '1m0s'],
    [90_500, '1m30.5s'],
    [3_600_000, '1h0m0s'],
    [90_061_001, '25h1m1.001s'],
  ])('of %d ms is %s', (milliseconds, text) => {
    expect(formatGoDuration(milliseconds)).toBe(text);
  });

  test('reads back', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (milliseconds) => {
        expect(parseGoDuration(formatGoDuration(milliseconds))).toBeCloseTo(milliseconds, 3);
      }),
    );
  });

  test.each([
    ['500us', 0.5],
    ['.5s', 500],
    ['1h', 3_600_000],
    ['0', 0],
  ])('%s is read too', (text, milliseconds) => {
    expect(parseGoDuration(text)).toBe(milliseconds);
  });

  test.each(['', '2', 's', '2 s', '-2s', '2s!', '2d', '1.2.3s'])('%j is none', (text) => {
    expect(() => parseGoDuration(text)).toThrow(DurationError);
  });

  test.each([-1, 1.5, Number.NaN])('of %d ms cannot be written', (milliseconds) => {
    expect(() => formatGoDuration(milliseconds)).toThrow(RangeError);
  });
});
