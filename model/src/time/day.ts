import type { z } from 'zod';

import { PassportError } from '../errors/passport-error.ts';
import { coded, parse } from '../wire/parse.ts';

declare const dayBrand: unique symbol;

/** A day of the Gregorian calendar, YYYY-MM-DD (RFC 3339, full-date); days compare as their texts do. */
export type Day = string & { readonly [dayBrand]: true };

const spelling = /^\d{4}-\d{2}-\d{2}$/;
/** Days of each month; February's are those of a leap year. */
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day on which Carl Benz applied for the patent of the motor car (DRP 37435). */
export const FIRST_DAY = '1886-01-29' as Day;

/** UTC+14, where a day begins first. */
const EASTERNMOST_OFFSET_MS = 14 * 60 * 60 * 1000;

/** Days that the calendar has. */
export const day: z.ZodType<Day> = coded('DAY_INVALID', isDay);

/** Reads a day that the calendar has. Throws PassportError `DAY_INVALID`. */
export function parseDay(text: string): Day {
  return parse(day, text);
}

/** The day of a time in UTC, in milliseconds since 1970. */
export function dayOf(timeMs: number): Day {
  return new Date(timeMs).toISOString().slice(0, 10) as Day;
}

/** The number of the day counted from 1970-01-01. */
export function dayNumber(value: Day): number {
  return Date.parse(`${value}T00:00:00Z`) / DAY_MS;
}

/** How many days `later` comes after `earlier`; negative when it comes before. */
export function daysBetween(earlier: Day, later: Day): number {
  return dayNumber(later) - dayNumber(earlier);
}

/**
 * Refuses a day that cannot be: one that has begun nowhere on Earth at that time, for it would make
 * every honest one after it look late, and one before the first motor car. Throws PassportError
 * `DAY_IN_FUTURE` and `DAY_ABSURD`.
 */
export function requirePastDay(value: Day, nowMs: number, pointer?: string): void {
  if (value > dayOf(nowMs + EASTERNMOST_OFFSET_MS)) {
    throw new PassportError('DAY_IN_FUTURE', `${value} is not there yet`, pointer);
  }
  if (value < FIRST_DAY) {
    throw new PassportError('DAY_ABSURD', `${value} is before ${FIRST_DAY}`, pointer);
  }
}

/** Whether a text is a day that the calendar has. */
export function isDayText(text: string): text is Day {
  return isDay(text);
}

function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || !spelling.test(value)) return false;
  const [month, date] = [Number(value.slice(5, 7)), Number(value.slice(8))];
  if (date < 1 || date > (monthDays[month - 1] ?? 0)) return false;
  return month !== 2 || date < 29 || isLeapYear(Number(value.slice(0, 4)));
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
