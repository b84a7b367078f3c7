import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type KeptUnit, toKeptUnit } from './units.ts';

/**
 * How many kept units one of each unit is, as decimals from NIST SP 811, appendix B.8 (mile and foot
 * of 1959, US gallon) and SI prefixes, written down apart from the code.
 */
const sizes: readonly (readonly [kept: KeptUnit, unit: string, size: number])[] = [
  ['m', 'm', 1],
  ['m', 'km', 1000],
  ['m', 'mi', 1609.344],
  ['m', 'ft', 0.3048],
  ['km', 'km', 1],
  ['km', 'mi', 1.609344],
  ['km', 'm', 0.001],
  ['ms', 'ms', 1],
  ['ms', 's', 1000],
  ['ms', 'min', 60_000],
  ['ms', 'h', 3_600_000],
  ['mm/s', 'mm/s', 1],
  ['mm/s', 'm/s', 1000],
  ['mm/s', 'km/h', 1000 / 3.6],
  ['mm/s', 'mph', 447.04],
  ['mm/s^2', 'mm/s^2', 1],
  ['mm/s^2', 'm/s^2', 1000],
  ['ml', 'ml', 1],
  ['ml', 'l', 1000],
  ['ml', 'gal', 3785.411784],
  ['Wh', 'Wh', 1],
  ['Wh', 'kWh', 1000],
  ['permille', 'permille', 1],
  ['permille', 'percent', 10],
  ['degC/10', 'degC/10', 1],
  ['degC/10', 'celsius', 10],
  ['rpm', 'rpm', 1],
  ['count', 'count', 1],
];

describe('toKeptUnit', () => {
  test.each(sizes)('%s of %s by its factor %d', (kept, unit, size) => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (value) => {
        const exact = value * size;
        expect(Math.abs(toKeptUnit(value, unit, kept) - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
    );
    // A million of them leaves no room for a factor that is a little wrong.
    expect(toKeptUnit(1_000_000, unit, kept)).toBe(Math.round(1_000_000 * size));
  });

  test.each(sizes)('%s, measured in %s, comes back as it was', (kept, unit, size) => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (whole) => {
        expect(toKeptUnit(whole / size, unit, kept)).toBe(whole);
      }),
    );
  });

  test('rounds half away from nothing, to either side alike, and never to minus nothing', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map((m) => toKeptUnit(m, 'm', 'm'))).toEqual([
      ...[1, 2, 3, -1, -2, -3],
    ]);
    expect(Object.is(toKeptUnit(-0.4, 'm', 'm'), 0)).toBe(true);
    expect(Object.is(toKeptUnit(-0, 'm', 'm'), 0)).toBe(true);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const kept = toKeptUnit(value, 'mi', 'm');
        expect(Number.isInteger(kept)).toBe(true);
        expect(toKeptUnit(-value, 'mi', 'm')).toBe(-kept || 0);
      }),
    );
  });

  test.each([
    ['furlong', 'm'],
    ['Km', 'km'],
    ['', 'm'],
    ['km/h', 'm'],
    ['m', 'ms'],
    ['l', 'Wh'],
    ['percent', 'count'],
    ['toString', 'm'],
    ['__proto__', 'm'],
  ] as const)('%j is no unit of %s', (unit, kept) => {
    expect(() => toKeptUnit(1, unit, kept)).toThrow(/^UNIT_UNKNOWN: /);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE])(
    '%d is no measured value',
    (value) => {
      expect(() => toKeptUnit(value, 'km', 'm')).toThrow(RangeError);
    },
  );
});
