import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { writeCoded } from './coded-rows.ts';
import { codedTexts, ofRows, sortedByTexts } from './coded-texts.ts';
import { parquetStatistics } from './parquet-statistics.ts';
import { type ParquetLayout, writeRows } from './write-parquet.ts';

let opened: TestEngine;
beforeAll(async () => {
  opened = await openTestEngine('coded', 1);
});
afterAll(() => opened.close());

const layout: ParquetLayout = {
  columns: [
    { name: 'a', type: 'string', id: 1 },
    { name: 'b', type: 'string', id: 2 },
    { name: 'number', type: 'integer', id: 3 },
    { name: 'value', type: 'long', id: 4 },
  ],
  orderBy: ['a', 'b'],
};

/** Two texts that repeat, of any characters: also those that UTF-16 sorts otherwise than UTF-8. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', '\u{1f697}', '\uffee'),
  fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', '')),
);
const rows = fc.uniqueArray(fc.tuple(text, text), {
  maxLength: 40,
  selector: ([a, b]) => JSON.stringify([a, b]),
});

test('rows by column make a file of the rows that rows one by one do, which DuckDB sorts', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const { engine, folder } = opened;
      const [own, other] = [join(folder, 'own.parquet'), join(folder, 'other.parquet')];
      const cells = given.map(([a, b], row) => [a, b, row, BigInt(row) ** 3n] as const);
      const columns = [0, 1].map((place) => codedTexts(given.map((row) => row[place] ?? '')));
      const sorted = sortedByTexts(given.length, columns);
      const { rows: count } = await writeCoded(engine, own, layout, [
        ...columns.map((column) => ofRows(column, sorted)),
        Int32Array.from(sorted),
        BigInt64Array.from(sorted, (row) => BigInt(row) ** 3n),
      ]);
      await writeRows(engine, other, layout, cells);
      expect(count).toBe(given.length);
      const all = (path: string) => engine.rows(`FROM '${path}'`);
      expect(await all(own)).toEqual(await all(other));
      // Of the same types and field ids, and with the same statistics.
      const schema = (path: string) =>
        engine.rows(`SELECT name, type, converted_type, field_id FROM parquet_schema('${path}')`);
      expect(await schema(own)).toEqual(await schema(other));
      const statistics = await parquetStatistics(engine, own, layout.columns);
      expect(statistics).toEqual(await parquetStatistics(engine, other, layout.columns));
    }),
    { numRuns: 50 },
  );
});

test.each([255, 256, 70_000])('%i texts keep their codes', async (count) => {
  const { engine, folder } = opened;
  const path = join(folder, 'many.parquet');
  const texts = Array.from({ length: count }, (_, index) => String(index).padStart(5, '0'));
  const column = codedTexts(texts);
  const numbers = Int32Array.from(texts.keys());
  const values = BigInt64Array.from(numbers, BigInt);
  await writeCoded(engine, path, layout, [column, column, numbers, values]);
  const wrong = `SELECT count(*) AS wrong FROM '${path}' WHERE a::INTEGER <> number OR b <> a`;
  expect(await engine.rows(wrong)).toEqual([{ wrong: '0' }]);
  expect(await engine.rows(`SELECT count(*) AS all FROM '${path}'`)).toEqual([
    { all: String(count) },
  ]);
});

test('texts may have quotes, and what SQL cannot spell', async () => {
  const { engine, folder } = opened;
  const path = join(folder, 'spelled.parquet');
  const given = [
    ["it's", "','"],
    ['a\0b', "''"],
  ];
  for (const texts of given) {
    const column = codedTexts(texts);
    const numbers = [Int32Array.from([1, 2]), new BigInt64Array(2)];
    await writeCoded(engine, path, { ...layout, orderBy: [] }, [column, column, ...numbers]);
    const found = await engine.rows(`SELECT a, b FROM '${path}'`);
    expect(found).toEqual(texts.map((own) => ({ a: own, b: own })));
  }
});

test('a file has no text that no column is given', async () => {
  const { engine, folder } = opened;
  const path = join(folder, 'used.parquet');
  const all = codedTexts(Array.from({ length: 300 }, (_, index) => `secret-${index}`));
  const used = ofRows(all, Int32Array.from([7, 7, 299]));
  const columns = [used, used, Int32Array.from([1, 2, 3]), new BigInt64Array(3)];
  const plain = { ...layout, orderBy: [] };
  await writeCoded(engine, path, plain, columns);
  const [dictionary] = await engine.rows(
    `SELECT stats_distinct_count::INTEGER AS texts FROM parquet_metadata('${path}') WHERE path_in_schema = 'a'`,
  );
  expect(dictionary).toEqual({ texts: 2 });
});

test('there may be no texts at all', async () => {
  const { engine, folder } = opened;
  const none = { texts: [], codes: new Int32Array() };
  const columns = [none, none, new Int32Array(), new BigInt64Array()];
  const { rows: count } = await writeCoded(engine, join(folder, 'no.parquet'), layout, columns);
  expect(count).toBe(0);
});
