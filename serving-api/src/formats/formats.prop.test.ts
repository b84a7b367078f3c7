import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runPython } from '@passport/batch-layer/testing';
import {
  type AnswerCell,
  type AnswerColumn,
  type AnswerTable,
  type ColumnType,
  columnTypes,
  int64Cell,
} from '@passport/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { tableFormats, tableResponse } from './formats.ts';

const TIMEOUT_MS = 600_000;
const packages = ['pyarrow==26.0.1', 'polars==2.1.0', 'duckdb==2.0.1'] as const;
const script = new URL('testing/read_tables.py', import.meta.url);

/** Readers, and what they read; a format that nobody reads would be missed here. */
const readers = [
  ...['json', 'arrow pyarrow', 'arrow polars', 'arrow duckdb'],
  ...['parquet pyarrow', 'parquet polars', 'parquet duckdb'],
  ...['csv pyarrow', 'csv polars', 'csv duckdb'],
  ...['ndjson pyarrow', 'ndjson polars', 'ndjson duckdb'],
];

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passport-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a table in every format, and answers where. */
async function written(table: AnswerTable) {
  const paths: Record<string, string> = {};
  for (const format of tableFormats) {
    const path = join(folder, `${(files += 1)}.${format.name}`);
    const response = tableResponse(format, table, { block: 7 });
    await writeFile(path, new Uint8Array(await response.arrayBuffer()));
    paths[format.name] = path;
  }
  const { columns } = table;
  return {
    files: paths,
    names: columns.map(({ name }) => name),
    types: columns.map(({ type }) => type),
  };
}

const readBack = async (tables: readonly AnswerTable[]) =>
  (await runPython(
    { packages, script },
    await Promise.all(tables.map(written)),
  )) as readonly Readonly<Record<string, unknown>>[];

/** A table as the script spells cells; a double by its value, however its digits are written. */
const spelled = ({ columns, rows }: AnswerTable): unknown =>
  rows.map((row) =>
    row.map((cell, place) => {
      const { type } = columns[place] ?? {};
      if (cell === null) return null;
      if (type === 'int64') return { int: String(cell) };
      return type === 'double' ? { double: Number(cell) } : cell;
    }),
  );

const normal = (read: unknown): unknown =>
  JSON.parse(JSON.stringify(read), (key, value: unknown) =>
    key === 'double' ? Number(value) : value,
  );

const column = (type: ColumnType, place: number): AnswerColumn => ({
  ...{
    name: `${type} ${place}`,
    type,
    unit: place % 2 === 0 ? null : 'km/h',
    means: 'ü "quoted", 漢',
  },
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    'null',
    'NULL',
    'NaN',
    '"',
    '""',
    ',',
    '\r\n',
    '\n',
    '-',
    '1',
    'é漢🚗\t',
  ),
);
const instants = { min: new Date('1886-01-29T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z') };
const time = fc.date({ ...instants, noInvalidDate: true }).map((date) => date.toISOString());

const cells: Readonly<Record<ColumnType, fc.Arbitrary<AnswerCell>>> = {
  // Python's readers of lines end them at other characters too, and take no NUL.
  text: text.map((value) => value.replaceAll('\u0000', '')),
  int64: fc
    .oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -10n, max: 10n }),
      fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
    )
    .map(int64Cell),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  day: time.map((value) => value.slice(0, 10)),
  instant: time,
  boolean: fc.boolean(),
};

const randomTable: fc.Arbitrary<AnswerTable> = fc
  .tuple(
    // A first column without nulls: a line of one empty field is an empty line, which readers skip.
    fc.constantFrom(...columnTypes.filter((type) => type !== 'text')),
    fc.array(fc.constantFrom(...columnTypes), { maxLength: 5 }),
  )
  .chain(([first, others]) => {
    const columns = [first, ...others].map(column);
    const row = columns.map(({ type }, place) =>
      place === 0 ? cells[type] : fc.option(cells[type], { freq: 4 }),
    );
    return fc.record({
      columns: fc.constant(columns),
      rows: fc.array(fc.tuple(...row), { maxLength: 12 }),
    });
  });

describe('every format', { timeout: TIMEOUT_MS }, () => {
  test('carries the same table, as pyarrow, Polars and DuckDB read it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomTable, { minLength: 30, maxLength: 40 }), async (tables) => {
        const read = await readBack(tables);
        for (const [place, table] of tables.entries()) {
          const expected = spelled(table);
          for (const reader of readers) {
            if (reader === 'ndjson pyarrow' && table.rows.length === 0) continue;
            expect(normal(read[place]?.[reader]), reader).toEqual(expected);
          }
        }
      }),
      { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 3), endOnFailure: true },
    );
  });

  test('carries a table of many parts', async () => {
    const columns = columnTypes.map(column);
    const instant = '2026-11-28T01:02:03.004Z';
    const rows = Array.from({ length: 10_001 }, (_, row): AnswerCell[] => [
      ...[`text ${row}`, int64Cell(2n ** 60n + BigInt(row)), row / 3, '2026-02-28', instant],
      row % 3 === 0 ? null : row % 2 === 0,
    ]);
    const [read] = await readBack([{ columns, rows }]);
    const expected = spelled({ columns, rows });
    for (const reader of readers) expect(normal(read?.[reader]), reader).toEqual(expected);
  });
});
