import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type Day,
  dayNumber,
  dayOf,
  daysBetween,
  FIRST_DAY,
  isDayText,
  parseDay,
  requirePastDay,
} from './day.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const number = fc.integer({ min: -30_000, max: 100_000 });
const dayAt = (count: number): Day => dayOf(count * DAY_MS);

/** Days since 1970 by the leap years alone (Gregorian calendar), without Date. */
function countOf(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const isLeap = (y: number) => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const leapDays = (y: number) => Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const before = lengths.slice(0, month - 1).reduce((sum, length) => sum + length, 0);
  return (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969) + before + day - 1;
}

describe('a day', () => {
  test('counts as the calendar does', () => {
    fc.assert(
      fc.property(number, (count) => {
        expect(dayNumber(dayAt(count))).toBe(count);
        expect(countOf(dayAt(count))).toBe(count);
        expect(parseDay(dayAt(count))).toBe(dayAt(count));
      }),
    );
  });

  test('is there just where Date has it, whatever the digits', () => {
    const digits = (max: number, length: number) =>
      fc.nat({ max }).map((part) => String(part).padStart(length, '0'));
    const year = fc.oneof(digits(9999, 4), fc.constantFrom('0000', '1900', '2000', '2024', '2100'));
    fc.assert(
      fc.property(year, digits(13, 2), digits(32, 2), (...parts) => {
        const text = parts.join('-');
        const date = new Date(`${text}T00:00:00Z`);
        // Date carries the 30th of February over into March.
        const isThere = !Number.isNaN(date.getTime()) && dayOf(date.getTime()) === text;
        expect(isDayText(text)).toBe(isThere);
      }),
      { numRuns: 3_000 },
    );
  });

  test('compares by its text as by its number', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(dayAt(a) < dayAt(b)).toBe(a < b);
        expect(daysBetween(dayAt(a), dayAt(b))).toBe(b - a);
      }),
    );
  });

  test('is that of UTC from its first millisecond to its last', () => {
    expect(dayOf(Date.UTC(2026, 10, 23))).toBe('2026-11-23');
    expect(dayOf(Date.UTC(2026, 10, 24) - 1)).toBe('2026-11-23');
  });

  test('exists where Date does not carry it over into another month', () => {
    const part = (max: number, length: number) =>
      fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, '0'));
    fc.assert(
      fc.property(part(9999, 4), part(15, 2), part(35, 2), (year, month, date) => {
        const text = `${year}-${month}-${date}`;
        const time = new Date(`${text}T00:00:00Z`);
        const exists = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === text;
        expect(isDayText(text)).toBe(exists);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['2024-02-29', '2000-02-29', '1886-01-29', '0001-01-01', '9999-12-31'])(
    '%s exists',
    (text) => {
      expect(parseDay(text)).toBe(text);
    },
  );

  test.each([
    ...['2023-02-29', '1900-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10'],
    ...[
      '2026-01-00',
      '2026-1-1',
      '26-01-01',
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '2026-01-01\n',
    ],
    ...['+002026-01-01', '２０２６-01-01', '', 'today'],
  ])('%j does not', (text) => {
    expect(() => parseDay(text)).toThrow(/^DAY_INVALID: /);
  });
});

describe('requirePastDay', () => {
  const noonMs = Date.UTC(2026, 10, 23, 12);

  test('takes the day that has begun somewhere on Earth, and not the one after', () => {
    const beginsMs = Date.UTC(2026, 10, 24) - 14 * 60 * 60 * 1000;
    expect(() => requirePastDay(parseDay('2026-11-24'), beginsMs)).not.toThrow();
    expect(() => requirePastDay(parseDay('2026-11-24'), beginsMs - 1)).toThrow(/^DAY_IN_FUTURE: /);
  });

  test('takes no day before the first motor car, and says where it stands', () => {
    expect(() => requirePastDay(FIRST_DAY, noonMs)).not.toThrow();
    const refused = () => requirePastDay(parseDay('1886-01-28'), noonMs, '/events/3/at');
    expect(refused).toThrow(/^DAY_ABSURD: .*\(at \/events\/3\/at\)$/);
  });
});
