import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { writeCoded } from './coded-rows.ts';
import { codedTexts, ofRows, sortedByTexts } from './coded-texts.ts';
import { SharedTexts } from './shared-texts.ts';
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

test('rows by column make the file that rows one by one do, which DuckDB sorts', async () => {
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
      expect(readFileSync(own).equals(readFileSync(other))).toBe(true);
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

test('texts that files share make the files that texts of their own do, and are gone then', async () => {
  const { engine, folder } = opened;
  const [own, other] = [join(folder, 'shared.parquet'), join(folder, 'apart.parquet')];
  const texts = Array.from({ length: 300 }, (_, index) => `text ${(index * 7) % 300}`);
  const column = { texts, codes: Int32Array.from([7, 7, 299, 0]) };
  const columns = [column, column, Int32Array.from([1, 2, 3, 4]), new BigInt64Array(4)];
  const shared = await SharedTexts.open(engine, texts);
  // Several at once, as views are written.
  const files = [own, join(folder, 'again.parquet')].map((path) =>
    writeCoded(engine, path, layout, columns, shared),
  );
  await Promise.all(files);
  await writeCoded(engine, other, layout, columns);
  expect(readFileSync(own).equals(readFileSync(other))).toBe(true);
  const named = [7, 7, 299, 0].map((code) => ({ a: texts[code] }));
  expect(await engine.rows(`SELECT a FROM '${own}' ORDER BY number`)).toEqual(named);
  const types = `SELECT count(*) AS types FROM duckdb_types() WHERE type_name LIKE 'texts_%'`;
  expect(await engine.rows(types)).toEqual([{ types: '1' }]);
  await shared.close();
  expect(await engine.rows(types)).toEqual([{ types: '0' }]);
});

test('no texts are shared where there are none', async () => {
  const { engine, folder } = opened;
  const shared = await SharedTexts.open(engine, []);
  const none = { texts: shared.texts, codes: new Int32Array() };
  const columns = [none, none, new Int32Array(), new BigInt64Array()];
  const { rows: count } = await writeCoded(
    engine,
    join(folder, 'no.parquet'),
    layout,
    columns,
    shared,
  );
  expect(count).toBe(0);
  await shared.close();
});
