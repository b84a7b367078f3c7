import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instantOf, millisecondsOf, parseInstant } from './instant.ts';

const ms = fc.integer({ min: Date.UTC(1800, 0, 1), max: Date.UTC(9999, 11, 31) });

describe('an instant', () => {
  test('is spelled and read without loss, and compares by its text as by its time', () => {
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        expect(millisecondsOf(instantOf(a))).toBe(a);
        expect(parseInstant(instantOf(a))).toBe(instantOf(a));
        expect(instantOf(a) < instantOf(b)).toBe(a < b);
      }),
    );
  });

  test('has one spelling', () => {
    expect(instantOf(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(parseInstant('2024-02-29T23:59:59.999Z')).toBe('2024-02-29T23:59:59.999Z');
  });

  test.each([
    ...['2026-11-23T10:00:00Z', '2026-11-23T10:00:00.000+00:00', '2026-11-23 10:00:00.000Z'],
    ...['2026-11-23T10:00:00.000z', '2026-11-23T24:00:00.000Z', '2026-11-23T10:60:00.000Z'],
    ...['2023-02-29T10:00:00.000Z', '2026-11-23T23:59:60.000Z', '2026-11-23', '0', ''],
    ...['2026-11-23T10:00:00.0000Z', '+012026-11-23T10:00:00.000Z', '2026-11-23T10:00:00.000Z\n'],
  ])('%j is none', (text) => {
    expect(() => parseInstant(text)).toThrow(/^INSTANT_INVALID: /);
  });
});
