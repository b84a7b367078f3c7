import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Column } from '../delta/delta-schema.ts';
import type { Bound } from '../delta/statistics.ts';
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import type { Engine } from './engine.ts';
import { parquetStatistics } from './parquet-statistics.ts';
import { writeRows } from './write-parquet.ts';

let opened: TestEngine;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  opened = await openTestEngine('duckdb', 1);
  ({ engine, folder } = opened);
});
afterAll(() => opened.close());

const columns: Column[] = [
  { name: 'text', type: 'string', id: 1 },
  { name: 'whole', type: 'long', id: 2 },
  { name: 'real', type: 'double', id: 3 },
  { name: 'amount', type: 'decimal(20,4)', id: 4 },
  { name: 'at', type: 'timestamp', id: 5 },
  { name: 'day', type: 'date', id: 6 },
  { name: 'list', type: { elements: 'long', id: 8 }, id: 7 },
  { name: 'yes', type: 'boolean', id: 9 },
];

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  // Long enough for DuckDB to cut it in the footer, at any byte of a character.
  fc
    .tuple(
      fc.constantFrom('', 'a', 'ab'),
      fc.constantFrom('é', '🚗', 'z', '\u{10ffff}'),
      fc.integer({ min: 20, max: 300 }),
      fc.constantFrom('', 'x', 'ÿ'),
    )
    .map(([start, unit, count, end]) => start + unit.repeat(count) + end),
);
const micros = fc.bigInt(-(10n ** 15n), 10n ** 16n);
const row = fc.tuple(
  fc.option(text),
  fc.option(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  fc.option(fc.double()),
  fc.option(fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n)),
  fc.option(micros),
  fc.option(fc.integer({ min: -100_000, max: 100_000 })),
  fc.option(fc.array(fc.option(fc.bigInt(0n, 9n)))),
  fc.option(fc.boolean()),
);

function textOf(bound: Bound | undefined): string {
  if (typeof bound !== 'string') throw new TypeError('a bound that is no text');
  return bound;
}

/** The order of the bytes, which Parquet and its readers compare texts by. */
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareNumbers(bound: Bound | undefined, value: number | bigint): number {
  if (bound === undefined || typeof bound === 'string') return Number.NaN;
  const number = typeof value === 'bigint' ? BigInt(bound.number) : Number(bound.number);
  if (number === value) return 0;
  return number < value ? -1 : 1;
}

describe('parquetStatistics', () => {
  test(
    'counts rows and nulls, and no value lies beyond its bounds',
    { timeout: 120_000 },
    async () => {
      const property = fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        // Some fill more than one row group.
        const many = rows.flatMap((one) => Array.from({ length: 400 }, () => one));
        const path = join(folder, 'p.parquet');
        const layout = { columns, orderBy: [], rowGroupRows: 2048 };
        await writeRows(engine, path, layout, many);

        const found = await parquetStatistics(engine, path, columns);

        const { numRecords, minValues: min, maxValues: max, nullCount } = found;
        expect(numRecords).toBe(many.length);
        if (rows.length === 0) return;
        for (const [index, { name }] of columns.entries()) {
          const nulls = rows.filter((one) => one[index] === null).length * 400;
          expect(nullCount[name]).toBe(name === 'list' ? undefined : nulls);
        }
        for (const [word, whole, real, , at, day] of rows) {
          // There is no bound where DuckDB, or the cut, finds none that is short.
          if (word !== null && min['text'] !== undefined) {
            expect(compareTexts(textOf(min['text']), word)).toBeLessThanOrEqual(0);
          }
          if (word !== null && max['text'] !== undefined) {
            expect(compareTexts(textOf(max['text']), word)).toBeGreaterThanOrEqual(0);
          }
          if (whole !== null) {
            expect(compareNumbers(min['whole'], whole)).toBeLessThanOrEqual(0);
            expect(compareNumbers(max['whole'], whole)).toBeGreaterThanOrEqual(0);
          }
          if (real !== null && min['real'] !== undefined && !Number.isNaN(real)) {
            expect(compareNumbers(min['real'], real)).toBeLessThanOrEqual(0);
          }
          if (real !== null && max['real'] !== undefined) {
            expect(compareNumbers(max['real'], real)).toBeGreaterThanOrEqual(0);
          }
          if (at !== null) {
            const lower = BigInt(Date.parse(textOf(min['at']))) * 1000n;
            const upper = BigInt(Date.parse(textOf(max['at']))) * 1000n;
            expect(lower <= at && at - lower < 10n ** 17n && at <= upper).toBe(true);
          }
          if (day !== null) {
            const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
            expect(textOf(min['day']) <= iso && iso <= textOf(max['day'])).toBe(true);
          }
        }
      });
      await fc.assert(property, { numRuns: 150 });
    },
  );

  test('bounds amounts of at most 15 digits, and no others', async () => {
    const path = join(folder, 'amounts.parquet');
    const amounts: Column[] = [{ name: 'amount', type: 'decimal(20,4)', id: 1 }];
    await writeRows(engine, path, { columns: amounts, orderBy: [] }, [
      [-15_000n],
      [10n ** 19n],
      [null],
    ]);

    expect(await parquetStatistics(engine, path, amounts)).toEqual({
      numRecords: 3,
      minValues: { amount: { number: '-1.5000' } },
      maxValues: {},
      nullCount: { amount: 1 },
    });
  });

  test('throws on a column that the file has not', async () => {
    const path = join(folder, 'other.parquet');
    await writeRows(engine, path, { columns: [{ name: 'x', type: 'long', id: 1 }], orderBy: [] }, [
      [1n],
    ]);

    await expect(
      parquetStatistics(engine, path, [{ name: 'y', type: 'long', id: 1 }]),
    ).rejects.toThrow(/no column y/);
  });
});
