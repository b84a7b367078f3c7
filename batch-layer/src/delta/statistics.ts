import { z } from 'zod';

/**
 * A bound: a text, also of a date and of a timestamp, or the JSON number that is spelled here, which
 * a JavaScript number could round.
 */
export type Bound = string | { readonly number: string };

/**
 * What is known of a data file (PROTOCOL.md, "Per-file Statistics"). A column without a bound, or
 * without a count of nulls, may hold anything.
 */
export type FileStatistics = {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, Bound>>;
  readonly maxValues: Readonly<Record<string, Bound>>;
  readonly nullCount: Readonly<Record<string, number>>;
};

/** Characters of a text that its bounds keep, as other writers do. */
const PREFIX_CHARACTERS = 32;

/** An upper bound is prolonged up to here where the last character kept is the last there is. */
const UPPER_CHARACTERS_MAX = 2 * PREFIX_CHARACTERS;

const LAST_CHARACTER = '\u{10ffff}';

/** A decimal of more digits than a double holds exactly has no bounds: some readers would round. */
const DECIMAL_DIGITS_MAX = 15;

const MICROS_PER_MS = 1000n;

/** The longest time that JSON's usual spelling can tell, in milliseconds since the epoch. */
const FIRST_MS = -62_135_596_800_000n;
const LAST_MS = 253_402_300_799_999n;

/** A lower bound of texts: the start of the smallest. */
export function lowerTextBound(text: string): string {
  return charactersOf(text).slice(0, PREFIX_CHARACTERS).join('');
}

/**
 * An upper bound of texts: the start of the largest, and after it a character that none exceeds.
 * Undefined where that would be too long.
 */
export function upperTextBound(text: string): string | undefined {
  const characters = charactersOf(text);
  if (characters.length <= PREFIX_CHARACTERS) return text;
  let kept = PREFIX_CHARACTERS;
  while (characters[kept] === LAST_CHARACTER) kept += 1;
  if (kept >= characters.length) return text;
  if (kept >= UPPER_CHARACTERS_MAX) return undefined;
  return characters.slice(0, kept).join('') + LAST_CHARACTER;
}

/** By code point: half of a surrogate pair is no text. */
function charactersOf(text: string): string[] {
  return Array.from(text);
}

/**
 * A bound of timestamps, from microseconds since the epoch. Statistics tell milliseconds; a lower
 * bound is rounded down. Others round an upper bound down too, and readers are to add the
 * millisecond; rounded up it is right for those that forget.
 */
export function timestampBound(micros: bigint, side: 'lower' | 'upper'): string | undefined {
  const floor = floorDivide(micros, MICROS_PER_MS);
  const isWhole = floor * MICROS_PER_MS === micros;
  const ms = side === 'upper' && !isWhole ? floor + 1n : floor;
  if (ms < FIRST_MS || ms > LAST_MS) return undefined;
  return new Date(Number(ms)).toISOString();
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A bound of numbers from their text; undefined for infinities. */
export function numberBound(text: string): Bound | undefined {
  return jsonNumber.test(text) ? { number: text } : undefined;
}

/** A bound of decimals from their text; undefined where a double could not hold it. */
export function decimalBound(text: string): Bound | undefined {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length > DECIMAL_DIGITS_MAX ? undefined : numberBound(text);
}

/** Statistics as the JSON of an `add`, names sorted. */
export function writeStatistics(statistics: FileStatistics): string {
  const { numRecords, minValues, maxValues, nullCount } = statistics;
  const parts = [
    `"maxValues":${objectOf(maxValues, boundText)}`,
    `"minValues":${objectOf(minValues, boundText)}`,
    `"nullCount":${objectOf(nullCount, String)}`,
    `"numRecords":${numRecords}`,
  ];
  return `{${parts.join(',')}}`;
}

function boundText(bound: Bound): string {
  return typeof bound === 'string' ? JSON.stringify(bound) : bound.number;
}

function objectOf<T>(record: Readonly<Record<string, T>>, spell: (value: T) => string): string {
  const fields = Object.entries(record)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${spell(value)}`);
  return `{${fields.join(',')}}`;
}

/** As JSON has them: numbers may have been rounded, and nested columns have records. */
const readStatisticsSchema = z.object({
  numRecords: z.int().nonnegative(),
  minValues: z.record(z.string(), z.unknown()).nullish(),
  maxValues: z.record(z.string(), z.unknown()).nullish(),
  nullCount: z.record(z.string(), z.unknown()).nullish(),
});

/** What a file's statistics say, whoever wrote them; undefined where they say nothing. */
export type ReadStatistics = z.infer<typeof readStatisticsSchema>;

/** Reads the statistics of an `add`. What is not of their form says nothing. */
export function readStatistics(json: string | undefined): ReadStatistics | undefined {
  if (json === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const result = readStatisticsSchema.safeParse(parsed);
  return result.success ? result.data : undefined;
}
