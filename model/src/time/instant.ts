import type { z } from 'zod';

import { coded, parse } from '../wire/parse.ts';

declare const instantBrand: unique symbol;

/** A time in UTC to the millisecond, YYYY-MM-DDTHH:MM:SS.sssZ; they compare as their texts do. */
export type Instant = string & { readonly [instantBrand]: true };

const spelling = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Times that the calendar has, in the one spelling that is allowed. */
export const instant: z.ZodType<Instant> = coded('INSTANT_INVALID', isInstant);

/** Reads a time. Throws PassportError `INSTANT_INVALID`. */
export function parseInstant(text: string): Instant {
  return parse(instant, text);
}

/** Spells a time in milliseconds since 1970. */
export function instantOf(timeMs: number): Instant {
  return new Date(timeMs).toISOString() as Instant;
}

/** Milliseconds since 1970. */
export function millisecondsOf(value: Instant): number {
  return Date.parse(value);
}

function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !spelling.test(value)) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}
