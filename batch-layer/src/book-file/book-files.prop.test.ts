import { join } from 'node:path';

import { parseVid, type Vid, vidOfBytes } from '@passport/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cell } from '../duckdb/cells.ts';
import type { Engine } from '../duckdb/engine.ts';
import { literal } from '../duckdb/sql.ts';
import { writeRows } from '../duckdb/write-parquet.ts';
import { readBook } from '../reader/book-rows.ts';
import { eventsLayout } from '../tables/events-table.ts';
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { BookFiles } from './book-files.ts';

let opened: TestEngine;
let folder: string;
let engine: Engine;
/** Questions that DuckDB was asked. */
let asked = 0;
let made = 0;
beforeAll(async () => {
  opened = await openTestEngine('books', 1);
  ({ engine, folder } = opened);
});
afterAll(() => opened.close());

/** The same DuckDB, its questions counted. */
function counted(): Engine {
  asked = 0;
  return {
    ...{ stream: (sql) => engine.stream(sql), connect: () => engine.connect() },
    ...{ withConnection: (use) => engine.withConnection(use), close: () => engine.close() },
    withRows: (...lent) => engine.withRows(...lent),
    rows: (sql, parameters) => {
      asked += 1;
      return engine.rows(sql, parameters);
    },
  };
}

function vidOf(number: number): Vid {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE((number * 2_654_435_761) % 2 ** 32);
  return vidOfBytes(bytes);
}

/** A file of lines: how many, of how many vehicles, and what varies in them. */
const fileOf = fc.record({
  rows: fc.integer({ min: 1, max: 5_000 }),
  vehicles: fc.constantFrom<number>(1, 2, 7, 100, 1_500),
  /** With as many values a column of a row group has a dictionary: our own files have none. */
  dictionaryValuesMax: fc.constantFrom<number>(1, 256, 100_000),
  /** One of so many rows has no vid, or a longer one that ends alike; 0: none. */
  strangeOf: fc.constantFrom<number>(0, 3, 10),
  nothingOf: fc.integer({ min: 1, max: 5 }),
  details: fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), {
    minLength: 1,
    maxLength: 400,
  }),
  isSorted: fc.boolean(),
});

/** As this process writes them. */
const usual = { dictionaryValuesMax: 1, strangeOf: 0, isSorted: true };

type FileOf = typeof fileOf extends fc.Arbitrary<infer T> ? T : never;

function* cellsOf(file: FileOf, block: number) {
  const { rows, vehicles, strangeOf, isSorted, nothingOf, details } = file;
  for (let row = 0; row < rows; row += 1) {
    const hasPlace = row % nothingOf !== 0;
    const vid = vidOf((row * 31) % vehicles);
    const isStrange = row % strangeOf === strangeOf - 1;
    // Sorted, those without one would be row groups of their own, which have no bounds.
    const hasNone = isStrange && !isSorted && row % 2 === 0;
    yield [
      ...[
        hasNone ? null : isStrange ? `z${vid}` : vid,
        BigInt(block + Math.floor(row / 50)),
        row % 10,
        row,
      ],
      ...[['trip', 'mileage', 'éclat'][row % 3] ?? '', (row % 700) - 20],
      BigInt(row % 977) * 1_000_003_000n,
      ...(hasPlace ? [`Maker/${row % 5}`, row % 40, row % 3] : [null, null, null]),
      row % (nothingOf + 2) === 0 ? null : row * 1_000 - 7,
      ...[row % 4 === 0 ? null : 800, details[row % details.length] ?? ''],
    ] satisfies Cell[];
  }
}

async function write(file: FileOf, block: number): Promise<string> {
  const path = join(folder, `book-${(made += 1)}.parquet`);
  const { dictionaryValuesMax } = file;
  const layout = { ...eventsLayout, dictionaryValuesMax, rowGroupRows: 2048 };
  const orderBy = file.isSorted ? eventsLayout.orderBy : ['tx'];
  await writeRows(engine, path, { ...layout, orderBy }, cellsOf(file, block));
  return path;
}

describe('log books out of files', () => {
  test('are what DuckDB reads in them, and it is asked for each footer once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fileOf, { minLength: 1, maxLength: 3 }), async (files) => {
        const paths: string[] = [];
        for (const [index, file] of files.entries()) paths.push(await write(file, index * 1_000));
        const books = new BookFiles(counted());
        for (let number = 0; number < 9; number += 1) {
          // The last ones are in none of them.
          const vid = vidOf(number * 187);
          const named = paths.map((path) => ({ name: path, path }));
          expect(await books.read(vid, named)).toEqual(await readBook(engine, vid, paths));
        }
        expect(asked).toBe(files.length);
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 12) },
    );
  }, 120_000);

  test.each([
    ['another compression', 'COMPRESSION snappy'],
    ['other encodings', 'COMPRESSION zstd, PARQUET_VERSION v2'],
  ])('are left to DuckDB where a file has %s', async (_, options) => {
    const own = await write(
      { ...usual, rows: 3_000, vehicles: 9, nothingOf: 3, details: ['a', 'b'] },
      7,
    );
    const path = join(folder, `other-${(made += 1)}.parquet`);
    await engine.rows(
      `COPY (FROM ${literal(own)}) TO ${literal(path)} (FORMAT parquet, ${options})`,
    );
    const books = new BookFiles(counted());
    for (let turn = 0; turn < 2; turn += 1) {
      const rows = await books.read(vidOf(4), [{ name: 'other', path }]);
      expect(rows).toEqual(await readBook(engine, vidOf(4), [own]));
      expect(rows.length).toBeGreaterThan(300);
    }
    expect(asked).toBe(3);
  });

  test('of nobody are empty', async () => {
    const path = await write({ ...usual, rows: 10, vehicles: 2, nothingOf: 2, details: [''] }, 0);
    const vid = parseVid('z'.repeat(26).replace(/z$/, '4'));
    expect(await new BookFiles(engine).read(vid, [{ name: path, path }])).toEqual([]);
  });
});
