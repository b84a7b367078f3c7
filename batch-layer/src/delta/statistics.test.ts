import { describe, expect, test } from 'vitest';

import {
  decimalBound,
  lowerTextBound,
  numberBound,
  readStatistics,
  timestampBound,
  upperTextBound,
  writeStatistics,
} from './statistics.ts';

const LAST = '\u{10ffff}';

describe('bounds of texts', () => {
  test('are the texts themselves as long as these are short', () => {
    expect(lowerTextBound('a'.repeat(32))).toBe('a'.repeat(32));
    expect(upperTextBound('a'.repeat(32))).toBe('a'.repeat(32));
    expect(upperTextBound('')).toBe('');
  });

  test('are cut where they are long, the upper one rounded up', () => {
    expect(lowerTextBound('a'.repeat(40))).toBe('a'.repeat(32));
    expect(upperTextBound('a'.repeat(40))).toBe('a'.repeat(32) + LAST);
  });

  test('never cut a character in two', () => {
    expect(lowerTextBound('🚗'.repeat(40))).toBe('🚗'.repeat(32));
    expect(upperTextBound('🚗'.repeat(40))).toBe('🚗'.repeat(32) + LAST);
  });

  test('go past characters that none exceeds, or give up', () => {
    const text = 'a'.repeat(32) + LAST;
    expect(upperTextBound(text)).toBe(text);
    expect(upperTextBound(`${text}b`)).toBe(`${text}${LAST}`);
    expect(upperTextBound(LAST.repeat(200))).toBe(LAST.repeat(200));
    expect(upperTextBound(`${LAST.repeat(200)}a`)).toBeUndefined();
  });
});

describe('bounds of timestamps', () => {
  test.each([
    [1_704_067_200_123_000n, '2024-01-01T00:00:00.123Z', '2024-01-01T00:00:00.123Z'],
    [1_704_067_200_123_001n, '2024-01-01T00:00:00.123Z', '2024-01-01T00:00:00.124Z'],
    [-1n, '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z'],
    [-1_000n, '1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    [-1_001n, '1969-12-31T23:59:59.998Z', '1969-12-31T23:59:59.999Z'],
  ])('of %i microseconds are rounded outwards', (micros, lower, upper) => {
    expect(timestampBound(micros, 'lower')).toBe(lower);
    expect(timestampBound(micros, 'upper')).toBe(upper);
  });

  test('beyond the years of four digits are none', () => {
    expect(timestampBound(253_402_300_799_999_001n, 'upper')).toBeUndefined();
    expect(timestampBound(253_402_300_799_999_001n, 'lower')).toBe('9999-12-31T23:59:59.999Z');
    expect(timestampBound(-62_135_596_800_000_001n, 'lower')).toBeUndefined();
  });
});

describe('bounds of numbers', () => {
  test('keep every digit', () => {
    const minValues = {
      n: numberBound('9223372036854775807') ?? '',
      d: decimalBound('-0.10') ?? '',
    };
    const json = writeStatistics({ numRecords: 1, minValues, maxValues: {}, nullCount: { n: 0 } });

    expect(json).toBe(
      '{"maxValues":{},"minValues":{"d":-0.10,"n":9223372036854775807},"nullCount":{"n":0},"numRecords":1}',
    );
  });

  test('are none for what JSON cannot say, or a double cannot hold', () => {
    expect(numberBound('inf')).toBeUndefined();
    expect(numberBound('-inf')).toBeUndefined();
    expect(numberBound('1e+300')).toEqual({ number: '1e+300' });
    expect(decimalBound('1234567890123.45')).toEqual({ number: '1234567890123.45' });
    expect(decimalBound('12345678901234.56')).toBeUndefined();
    expect(decimalBound('0.000000000000000001')).toEqual({ number: '0.000000000000000001' });
  });
});

describe('statistics that others wrote', () => {
  test('say nothing where they are not of the form', () => {
    expect(readStatistics(undefined)).toBeUndefined();
    expect(readStatistics('{')).toBeUndefined();
    expect(readStatistics('{"numRecords":"1"}')).toBeUndefined();
    expect(readStatistics('{"numRecords":1,"tightBounds":true}')).toEqual({ numRecords: 1 });
  });
});
