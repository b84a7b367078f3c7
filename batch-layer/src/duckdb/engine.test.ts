import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Column } from '../delta/delta-schema.ts';
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { type Engine, openEngine } from './engine.ts';
import { parquetStatistics } from './parquet-statistics.ts';
import { compact, writeParquet, writeRows } from './write-parquet.ts';

let opened: TestEngine;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  opened = await openTestEngine('duckdb', 2);
  ({ engine, folder } = opened);
});
afterAll(() => opened.close());

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

const pair: Column[] = [
  { name: 'vid', type: 'string', id: 1 },
  { name: 'block', type: 'long', id: 2 },
];

describe('engine', () => {
  test('streams do not end one another, nor do queries amid them', async () => {
    const sum = async (): Promise<number> => {
      let rows = 0;
      for await (const chunk of engine.stream('SELECT * FROM range(20000)')) {
        rows += chunk.rowCount;
        await engine.rows('SELECT 1');
      }
      return rows;
    };

    expect(await Promise.all([sum(), sum()])).toEqual([20_000, 20_000]);
  });

  test('throws QUERY_FAILED for more memory than it may use, and works on', async () => {
    const small = await openEngine({ memoryMbMax: 30, threads: 1, spillDirectory: '/dev/null/no' });

    await expect(
      small.rows(
        "SELECT count(*) FROM (SELECT DISTINCT range || repeat('x', 99) FROM range(5e6::BIGINT))",
      ),
    ).rejects.toMatchObject({ code: 'QUERY_FAILED', retry: 'never' });

    expect(await small.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    small.close();
  });

  test('tells instants in UTC', async () => {
    expect(await engine.rows("SELECT '2024-07-01 00:00:00+00'::TIMESTAMPTZ::VARCHAR AS t")).toEqual(
      [{ t: '2024-07-01 00:00:00+00' }],
    );
  });

  test('a stream of a query that is wrong throws QUERY_FAILED', async () => {
    await expect(engine.stream('SELECT nothing').next()).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
  });
});

describe('writeParquet', () => {
  test('sorts, numbers the fields, and compresses with zstd', async () => {
    const path = join(folder, 'sorted.parquet');
    const query = "SELECT (i * 7919 % 10000) AS block, 'v' || i % 10 AS vid FROM range(10000) t(i)";

    const file = await writeParquet(
      engine,
      path,
      {
        columns: pair,
        orderBy: ['vid', { column: 'block', descending: true }],
        rowGroupRows: 2048,
      },
      query,
    );

    expect(file).toMatchObject({ path, rows: 10_000 });
    const rows = await engine.rows(`FROM read_parquet('${path}')`);
    const inOrder = [...rows].sort(
      (a, b) =>
        textOf(a['vid']).localeCompare(textOf(b['vid'])) || Number(b['block']) - Number(a['block']),
    );
    expect(rows).toEqual(inOrder);
    expect(
      await engine.rows(
        `SELECT name, field_id FROM parquet_schema('${path}') WHERE field_id IS NOT NULL`,
      ),
    ).toEqual([
      { name: 'vid', field_id: '1' },
      { name: 'block', field_id: '2' },
    ]);
    expect(
      await engine.rows(
        `SELECT DISTINCT compression, max(row_group_num_rows) AS n FROM parquet_metadata('${path}') GROUP BY 1`,
      ),
    ).toEqual([{ compression: 'ZSTD', n: '2048' }]);
  });

  test('leaves no file where the query fails', async () => {
    const path = join(folder, 'failed.parquet');
    const query =
      "SELECT 'v' AS vid, CASE WHEN i = 90000 THEN error('stop') ELSE i END AS block FROM range(100000) t(i)";

    await expect(
      writeParquet(engine, path, { columns: pair, orderBy: [] }, query),
    ).rejects.toMatchObject({ code: 'QUERY_FAILED' });

    expect(await readdir(folder)).not.toContain('failed.parquet');
  });

  test('writes rows of every type, and reads them back', async () => {
    const path = join(folder, 'types.parquet');
    const columns: Column[] = [
      { name: 'l', type: 'long', id: 1 },
      { name: 'd', type: 'decimal(20,6)', id: 2 },
      { name: 't', type: 'timestamp', id: 3 },
      { name: 'day', type: 'date', id: 4 },
      { name: 'b', type: 'binary', id: 5 },
      { name: 'list', type: { elements: 'long', id: 7 }, id: 6 },
      { name: 'map', type: { keys: 'string', keyId: 9, values: 'double', valueId: 10 }, id: 8 },
      { name: 'st', type: { fields: [{ name: 'x', type: 'integer', id: 12 }] }, id: 11 },
      { name: 'yes', type: 'boolean', id: 13 },
      { name: 'f', type: 'float', id: 14 },
      { name: 'by', type: 'byte', id: 15 },
      { name: 'sh', type: 'short', id: 16 },
    ];
    const full = [
      2n ** 62n,
      -1_500_000n,
      1_704_067_200_000_001n,
      19_723,
      Buffer.from('é'),
      [1n, null],
      [['k', 0.5]],
      { x: 3 },
      true,
      0.25,
      -7,
      300,
    ];
    const empty = columns.map(() => null);

    const file = await writeRows(engine, path, { columns, orderBy: [] }, [full, empty]);

    expect(file.rows).toBe(2);
    const [first, second] = await engine.rows(`FROM read_parquet('${path}')`);
    expect(first).toEqual({
      l: '4611686018427387904',
      d: '-1.500000',
      t: '2024-01-01 00:00:00.000001+00',
      day: '2024-01-01',
      b: '\\xC3\\xA9',
      list: ['1', null],
      map: [{ key: 'k', value: 0.5 }],
      st: { x: 3 },
      yes: true,
      f: 0.25,
      by: -7,
      sh: 300,
    });
    expect(second).toEqual(Object.fromEntries(columns.map(({ name }) => [name, null])));
    const ids = await engine.rows(
      `SELECT string_agg(field_id ORDER BY field_id) AS ids FROM parquet_schema('${path}')`,
    );
    expect(
      textOf(ids[0]?.['ids'])
        .split(',')
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });

  test('gathers more rows than one chunk, from an asynchronous source', async () => {
    const path = join(folder, 'rows.parquet');
    async function* rows(): AsyncGenerator<[string, bigint]> {
      for (let n = 5_000; n > 0; n -= 1) yield [`v${n % 3}`, BigInt(n)];
    }

    const file = await writeRows(engine, path, { columns: pair, orderBy: ['block'] }, rows());

    expect(file.rows).toBe(5_000);
    expect(
      await engine.rows(`SELECT sum(block)::BIGINT AS s FROM read_parquet('${path}')`),
    ).toEqual([{ s: '12502500' }]);
  });

  test('writes a file of no rows', async () => {
    const path = join(folder, 'none.parquet');

    expect((await writeRows(engine, path, { columns: pair, orderBy: ['vid'] }, [])).rows).toBe(0);

    expect(await engine.rows(`FROM read_parquet('${path}')`)).toEqual([]);
    expect(await parquetStatistics(engine, path, pair)).toEqual({
      numRecords: 0,
      minValues: {},
      maxValues: {},
      nullCount: {},
    });
  });

  test('compacts files to one that has all their rows in order', async () => {
    const paths = ['a', 'b', 'c'].map((name) => join(folder, `part-${name}.parquet`));
    for (const [part, path] of paths.entries()) {
      const rows = Array.from({ length: 3_000 }, (_, n) => [`v${n % 7}`, BigInt(n * 3 + part)]);
      await writeRows(engine, path, { columns: pair, orderBy: ['vid'] }, rows);
    }
    const out = join(folder, 'compact.parquet');

    const file = await compact(engine, paths, out, { columns: pair, orderBy: ['vid', 'block'] });

    expect(file.rows).toBe(9_000);
    const rows = await engine.rows(
      `SELECT count(DISTINCT block) AS blocks, bool_and(coalesce(before <= (vid, block), true)) AS sorted
       FROM (SELECT vid, block, lag((vid, block)) OVER () AS before FROM read_parquet('${out}'))`,
    );
    expect(rows).toEqual([{ blocks: '9000', sorted: true }]);
  });
});
