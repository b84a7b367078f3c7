import { spansOf } from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { type AppendedColumn, ColumnAppender } from './append.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('append', 1);
});
afterAll(() => opened.close());

const columns: readonly AppendedColumn[] = [
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

/** Appends so many rows, some at a time, and reads how many there are, and how many are not what they should be. */
async function appended(count: number, atOnce: number) {
  return opened.engine.withConnection(async (connection) => {
    const rows = await ColumnAppender.create(connection, 'given', columns);
    for (let first = 0; first < count; first += atOnce) {
      const length = Math.min(atOnce, count - first);
      const values = valuesOf(Array.from({ length }, (_, index) => first + index));
      rows.append(values, 1, length + 1);
    }
    rows.end();
    rows.close();
    const reader = await connection.runAndReadAll(`
      SELECT count(*)::INTEGER, count(*) FILTER (
        whole IS DISTINCT FROM -row
        OR large <> 9007199254740992 - row
        OR "text" <> 'text ' || row || ' \u{1f697}, longer than 12 bytes')::INTEGER
      FROM (SELECT *, row_number() OVER () - 1 AS row FROM given)`);
    return reader.getRows()[0];
  });
}

test.each([
  [0, 1],
  [1, 1],
  [2047, 600],
  [2048, 2048],
  [2049, 5000],
  [70_000, 700],
])('%i rows, %i at a time, are there as they were', async (count, atOnce) => {
  expect(await appended(count, atOnce)).toEqual([count, 0]);
});

test('rows of an appender that is closed before its end are forgotten', async () => {
  await opened.engine.withConnection(async (connection) => {
    const rows = await ColumnAppender.create(connection, 'given', columns);
    rows.append(valuesOf([1, 2, 3]), 1, 4);
    rows.close();
    const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM given');
    expect(reader.getRows()).toEqual([[0]]);
  });
});
