import { PassportError } from './passport-error.ts';

declare const dayBrand: unique symbol;

/** A day of the Gregorian calendar, YYYY-MM-DD; days compare as their texts do. */
export type Day = string & { readonly [dayBrand]: true };

const spelling = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a day that the calendar has. Throws PassportError `PASSPORT_DAY_INVALID`. */
export function parseDay(text: string): Day {
  // Date carries the 30th of February over into March; what comes back unchanged does exist.
  if (spelling.test(text)) {
    const date = new Date(`${text}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && dayOf(date) === text) return text as Day;
  }
  throw new PassportError('PASSPORT_DAY_INVALID', 'a day is written YYYY-MM-DD');
}

/**
 * Reads a day that has begun somewhere on Earth at the time of the transaction: a day dated ahead
 * would make every honest one after it look late. Throws PassportError `PASSPORT_DAY_INVALID` and
 * `PASSPORT_DAY_IN_FUTURE`.
 */
export function parsePastDay(text: string, transactionTime: Date): Day {
  const day = parseDay(text);
  const easternmost = new Date(transactionTime.getTime() + EASTERNMOST_OFFSET_MS);
  if (day <= dayOf(easternmost)) return day;
  throw new PassportError('PASSPORT_DAY_IN_FUTURE', `${day} is not there yet`);
}

/** UTC+14, where a day begins first. */
const EASTERNMOST_OFFSET_MS = 14 * 60 * 60 * 1000;

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
