import { spansOf } from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { type GatheredColumn, GatheredRows } from './gathered-rows.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('gathered', 1);
});
afterAll(() => opened.close());

const columns: readonly GatheredColumn[] = [
  { name: 'whole', type: 'INTEGER' },
  { name: 'large', type: 'DOUBLE' },
  { name: 'text', type: 'VARCHAR' },
];

/** Rows of these numbers, of which the first one is not to be appended. */
function valuesOf(rows: readonly number[]) {
  return [
    Int32Array.from([7, ...rows.map((row) => -row)]),
    Float64Array.from([7, ...rows.map((row) => 2 ** 53 - row)]),
    spansOf(['seven', ...rows.map((row) => `text ${row} \u{1f697}, longer than 12 bytes`)]),
  ];
}

/** Gathers so many rows, some at a time, and reads how many there are, and how many are not what they should be. */
async function gathered(count: number, atOnce: number) {
  const rows = new GatheredRows(columns);
  for (let first = 0; first < count; first += atOnce) {
    const length = Math.min(atOnce, count - first);
    const values = valuesOf(Array.from({ length }, (_, index) => first + index));
    rows.append(values, 1, length + 1);
    // Nothing of these is kept.
    for (const column of values) ('starts' in column ? column.bytes : column).fill(0);
  }
  expect(rows.count).toBe(count);
  const { engine } = opened;
  return engine.withConnection((connection) =>
    engine.withRows(connection, rows, async (from) => {
      const reader = await connection.runAndReadAll(`
        SELECT count(*)::INTEGER, count(*) FILTER (
          whole IS DISTINCT FROM -row
          OR large <> 9007199254740992 - row
          OR "text" <> 'text ' || row || ' \u{1f697}, longer than 12 bytes')::INTEGER
        FROM (SELECT *, row_number() OVER () - 1 AS row FROM ${from})`);
      return reader.getRows()[0];
    }),
  );
}

test.each([
  [0, 1],
  [1, 1],
  [2047, 600],
  [2048, 2048],
  [2049, 5000],
  [70_000, 700],
])('%i rows, %i at a time, are there as they were', async (count, atOnce) => {
  expect(await gathered(count, atOnce)).toEqual([count, 0]);
});

test('texts of very different lengths are there, too, until they are freed', async () => {
  const texts = [
    'x'.repeat(16_000_000),
    'short',
    'é'.repeat(40_000),
    '',
    'x'.repeat(70_000),
    'short again',
  ];
  const rows = new GatheredRows([{ name: 'text', type: 'VARCHAR' }]);
  for (const text of texts) rows.append([spansOf([text])], 0, 1);
  const { engine } = opened;
  const found = await engine.withConnection((connection) =>
    engine.withRows(connection, rows, async (from) => {
      const reader = await connection.runAndReadAll(`FROM ${from}`);
      return reader.getRows().map(([text]) => text);
    }),
  );
  expect(found).toEqual(texts);
  rows.free();
  expect(rows.count).toBe(0);
});
