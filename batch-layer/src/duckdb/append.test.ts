import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { NO_NUMBER, RowAppender, type RowColumn } from './append.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('append', 1);
});
afterAll(() => opened.close());

const columns: readonly RowColumn<number>[] = [
  { name: 'whole', type: 'INTEGER', read: (row) => (row % 3 === 0 ? NO_NUMBER : -row) },
  { name: 'large', type: 'DOUBLE', read: (row) => 2 ** 53 - row },
  { name: 'text', type: 'VARCHAR', read: (row) => `text ${row} \u{1f697}, longer than 12 bytes` },
];

/** Appends so many rows, some at a time, and reads how many there are, and how many are not what they should be. */
async function appended(count: number, atOnce: number) {
  return opened.engine.withConnection(async (connection) => {
    const rows = await RowAppender.create(connection, 'given', columns);
    for (let first = 0; first < count; first += atOnce) {
      const length = Math.min(atOnce, count - first);
      rows.append(Array.from({ length }, (_, index) => first + index));
    }
    rows.end();
    rows.close();
    const reader = await connection.runAndReadAll(`
      SELECT count(*)::INTEGER, count(*) FILTER (
        whole IS DISTINCT FROM (CASE WHEN row % 3 = 0 THEN ${NO_NUMBER} ELSE -row END)
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
    const rows = await RowAppender.create(connection, 'given', columns);
    rows.append([1, 2, 3]);
    rows.close();
    const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM given');
    expect(reader.getRows()).toEqual([[0]]);
  });
});
