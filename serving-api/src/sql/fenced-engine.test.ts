import { PassportError } from '@passport/model';
import { beforeAll, describe, expect, test } from 'vitest';

import { FencedEngine } from './fenced-engine.ts';
import { guardStatement } from './guard.ts';
import { defaultSqlLimits } from './limits.ts';
import { sqlFailure } from './sql-failure.ts';
import { someBatches } from './testing/some-batches.ts';

const tables = ['released_usage'];
const limits = { ...defaultSqlLimits, memoryMb: 128, rowsMax: 1_000, bytesMax: 100_000 };

let engine: FencedEngine;
beforeAll(async () => {
  engine = await FencedEngine.open(limits);
  await engine.add(someBatches.toReversed());
  await engine.commit(11);
});

const ask = (sql: string, block = 11) => engine.answer({ sql, tables, block });

/** The code that a statement is refused with. */
async function codeOf(sql: string): Promise<string> {
  try {
    await ask(sql);
    return 'answered';
  } catch (error) {
    return sqlFailure(error)?.code ?? `broken: ${String(error)}`;
  }
}

describe('a statement is answered', () => {
  test('over the released tables, in its own order, with types of answers', async () => {
    const { columns, rows } = await ask(`
      SELECT brand, sum(trips) AS trips, sum(distanceM) / sum(trips) AS mean, max("day")::DATE AS d,
        sum(tripM[7]) AS sevenths, count(*) > 2 AS many -- a remark
      FROM released_usage WHERE brand <> '*' GROUP BY brand ORDER BY brand DESC;`);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...['brand text', 'trips int64', 'mean double', 'd day', 'sevenths int64', 'many boolean'],
    ]);
    expect(rows).toEqual([
      ['B', 2_100, 21_003 / 2_100, '2026-01-02', 21, true],
      ['A', 2_100, 10, '2026-01-01', 21, true],
    ]);
  });

  test('as of a block: what was released later is not there', async () => {
    const sql = 'SELECT max(released_block), count(*) FROM released_usage';
    expect((await ask(sql)).rows).toEqual([[11, 9]]);
    expect((await ask(sql, 7)).rows).toEqual([[7, 6]]);
    expect((await ask(sql, 2)).rows).toEqual([[null, 0]]);
  });

  test('the same however batches came, without any ORDER BY', async () => {
    const other = await FencedEngine.open(limits);
    for (const block of [3, 7, 11]) {
      await other.add(someBatches.filter((batch) => batch.block === block));
      await other.commit(block);
    }
    const sql =
      'SELECT * EXCLUDE (tripM, speed), sum(distanceM / 7.0) OVER () AS s FROM released_usage';
    expect(await other.answer({ sql, tables, block: 11 })).toEqual(await ask(sql));
  });

  test.each([
    'WITH a AS (SELECT brand, trips FROM released_usage), b AS (FROM a) SELECT * FROM b',
    'WITH released_usage AS (SELECT 1 AS x FROM released_usage) FROM released_usage',
    'SELECT DISTINCT ON (brand) brand, trips FROM released_usage ORDER BY brand, trips LIMIT 2 OFFSET 1',
    'FROM released_usage u JOIN released_usage v USING (brand) SELECT u.trips - v.trips',
    'FROM released_usage u ASOF JOIN released_usage v ON u.trips >= v.trips SELECT u.trips',
    'SELECT brand, rank() OVER (PARTITION BY brand ORDER BY trips DESC) FROM released_usage',
    'SELECT brand FROM released_usage QUALIFY row_number() OVER (ORDER BY trips, brand) < 3',
    'SELECT grouping(brand), brand, sum(trips) FROM released_usage GROUP BY ROLLUP (brand)',
    "SELECT sum(trips) FILTER (WHERE brand = 'A') FROM released_usage HAVING count(*) > 1",
    'SELECT CASE WHEN trips > 3 THEN 1 ELSE NULL END, trips IS NULL, NOT true FROM released_usage',
    "SELECT brand LIKE 'A%', brand IN ('A'), trips BETWEEN 1 AND 2, brand || 'x' FROM released_usage",
    'SELECT (SELECT max(trips) FROM released_usage), EXISTS (FROM released_usage)',
    'SELECT unnest(map_entries(tripM)).key FROM released_usage',
    'SELECT * EXCLUDE (tripM, speed) REPLACE (1 AS trips) FROM released_usage',
    "SELECT COLUMNS('.*M$') FROM (SELECT distanceM FROM released_usage)",
    'VALUES (1, NULL)',
    "SELECT DATE '2026-01-01' + INTERVAL 3 DAY, year(DATE '2026-01-01'), 1.5, TRY_CAST('x' AS INT)",
    'SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 ORDER BY 1',
    'SELECT "BRAND" FROM "RELEASED_USAGE"',
    'SELECT 1 AS current_user',
    'SELECT count(*) FROM released_usage GROUP BY ALL ORDER BY ALL',
    "SELECT 'SELECT 1; DROP TABLE x'",
  ])('%s', async (sql) => {
    expect(await codeOf(sql)).toBe('answered');
  });

  test('with names that differ, and null for what is no number', async () => {
    expect(await ask("SELECT 1 AS a, 2 AS a, 'NaN'::DOUBLE AS b, -0.0::DOUBLE AS c")).toEqual({
      columns: [
        { name: 'a', type: 'int64' },
        { name: 'a_1', type: 'int64' },
        { name: 'b', type: 'double' },
        { name: 'c', type: 'double' },
      ],
      rows: [[1, 2, null, 0]],
    });
  });
});

describe('a statement is refused', () => {
  test.each([
    ['SQL_UNREADABLE', 'SELEC 1'],
    ['SQL_UNREADABLE', "SELECT 'a"],
    ['SQL_UNREADABLE', 'SELECT 1) AS x; SELECT (2'],
    ['SQL_UNREADABLE', 'SELECT 1 FROM released_usage) AS a --'],
    ['SQL_NOT_A_SELECT', ''],
    ['SQL_NOT_A_SELECT', '-- nothing'],
    ['SQL_NOT_A_SELECT', 'SELECT 1; SELECT 2'],
    ['SQL_NOT_A_SELECT', "COPY (SELECT 1) TO '/tmp/x'"],
    ['SQL_NOT_A_SELECT', "COPY released_usage FROM '/etc/passwd'"],
    ['SQL_NOT_A_SELECT', 'INSERT INTO released_usage VALUES (1)'],
    ['SQL_NOT_A_SELECT', 'DELETE FROM base.released_usage'],
    ['SQL_NOT_A_SELECT', 'UPDATE released_usage SET trips = 1'],
    ['SQL_NOT_A_SELECT', 'CREATE TABLE t AS SELECT 1'],
    ['SQL_NOT_A_SELECT', 'DROP TABLE base.released_usage'],
    ['SQL_NOT_A_SELECT', "ATTACH '/tmp/x.db'"],
    ['SQL_NOT_A_SELECT', 'INSTALL httpfs'],
    ['SQL_NOT_A_SELECT', 'LOAD httpfs'],
    ['SQL_NOT_A_SELECT', 'PRAGMA database_list'],
    ['SQL_NOT_A_SELECT', "SET memory_limit = '10GB'"],
    ['SQL_NOT_A_SELECT', 'RESET memory_limit'],
    ['SQL_NOT_A_SELECT', 'USE base'],
    ['SQL_NOT_A_SELECT', 'CALL pragma_version()'],
    ['SQL_NOT_A_SELECT', 'EXPLAIN ANALYZE SELECT 1'],
    ['SQL_NOT_A_SELECT', 'PREPARE p AS SELECT 1'],
    ['SQL_NOT_A_SELECT', 'BEGIN'],
    ['SQL_NOT_A_SELECT', "EXPORT DATABASE '/tmp/x'"],
    ['SQL_NOT_A_SELECT', 'CHECKPOINT'],
    ['SQL_NOT_A_SELECT', 'PIVOT released_usage ON brand USING sum(trips)'],
    // Files, catalogues, event rows, other products.
    ['SQL_TABLE_REFUSED', "SELECT * FROM '/etc/passwd'"],
    ['SQL_TABLE_REFUSED', 'SELECT * FROM "/etc/passwd"'],
    ['SQL_TABLE_REFUSED', "FROM 'https://example.org/x.parquet'"],
    ['SQL_TABLE_REFUSED', "FROM read_csv('/etc/passwd')"],
    ['SQL_TABLE_REFUSED', "FROM read_text('/proc/self/environ')"],
    ['SQL_TABLE_REFUSED', "FROM glob('/*')"],
    ['SQL_TABLE_REFUSED', 'FROM duckdb_settings()'],
    ['SQL_TABLE_REFUSED', 'FROM range(1000000000)'],
    ['SQL_TABLE_REFUSED', 'FROM generate_series(1, 10)'],
    ['SQL_TABLE_REFUSED', "FROM query('SELECT 1')"],
    ['SQL_TABLE_REFUSED', "FROM query_table('base.released_usage')"],
    ['SQL_TABLE_REFUSED', 'FROM unnest([1, 2])'],
    ['SQL_TABLE_REFUSED', "SELECT (SELECT content FROM read_text('/etc/passwd'))"],
    ['SQL_TABLE_REFUSED', 'FROM events'],
    ['SQL_TABLE_REFUSED', 'FROM released_events'],
    ['SQL_TABLE_REFUSED', 'FROM base.released_usage'],
    ['SQL_TABLE_REFUSED', 'FROM memory.base.released_usage'],
    ['SQL_TABLE_REFUSED', 'FROM main.released_usage'],
    ['SQL_TABLE_REFUSED', 'FROM coming.released_usage'],
    ['SQL_TABLE_REFUSED', 'FROM "base.released_usage"'],
    ['SQL_TABLE_REFUSED', 'FROM information_schema.tables'],
    ['SQL_TABLE_REFUSED', 'FROM sqlite_master'],
    ['SQL_TABLE_REFUSED', 'FROM duckdb_tables'],
    ['SQL_TABLE_REFUSED', 'FROM pg_catalog.pg_class'],
    // A CTE of that name is not in itself, nor anywhere else.
    ['SQL_TABLE_REFUSED', 'WITH duckdb_tables AS (FROM duckdb_tables) FROM duckdb_tables'],
    [
      'SQL_TABLE_REFUSED',
      'SELECT 1 FROM (WITH sqlite_master AS (SELECT 1) FROM sqlite_master), sqlite_master',
    ],
    ['SQL_TABLE_REFUSED', 'WITH a AS (FROM b), b AS (SELECT 1) FROM a'],
    ['SQL_TABLE_REFUSED', 'WITH "a b" AS (SELECT 1) FROM "a b"'],
    ['SQL_TABLE_REFUSED', 'FROM "released_\u0075sage\u200b"'],
    ['SQL_TABLE_REFUSED', 'FROM "released_usag\u0435"'],
    ['SQL_TABLE_REFUSED', 'FROM "RELEASED_U\u017fAGE"'],
    ['SQL_TABLE_REFUSED', 'WITH "\u212a" AS (SELECT 1) FROM "\u212a"'],
    ['SQL_TABLE_REFUSED', 'WITH "duc\u212adb_tables" AS (SELECT 1) FROM duckdb_tables'],
    // Functions of settings, environment, clock, chance, files; and those that make much of little.
    ['SQL_FUNCTION_REFUSED', "SELECT getenv('HOME')"],
    ['SQL_FUNCTION_REFUSED', "SELECT current_setting('memory_limit')"],
    ['SQL_FUNCTION_REFUSED', 'SELECT version()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT now()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT current_timestamp'],
    ['SQL_FUNCTION_REFUSED', 'SELECT CURRENT_DATE'],
    ['SQL_FUNCTION_REFUSED', 'SELECT "current_user"'],
    ['SQL_FUNCTION_REFUSED', 'SELECT random()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT uuid()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT setseed(0.5)'],
    ['SQL_FUNCTION_REFUSED', "SELECT repeat('x', 1000000000)"],
    ['SQL_FUNCTION_REFUSED', 'SELECT range(1000000000)'],
    ['SQL_FUNCTION_REFUSED', "SELECT lpad('x', 1000000000, 'y')"],
    ['SQL_FUNCTION_REFUSED', 'SELECT list(brand) FROM released_usage'],
    ['SQL_FUNCTION_REFUSED', "SELECT string_agg(brand, ',') FROM released_usage"],
    ['SQL_FUNCTION_REFUSED', 'SELECT [1, 2]'],
    ['SQL_FUNCTION_REFUSED', "SELECT json_execute_serialized_sql('{}')"],
    ['SQL_FUNCTION_REFUSED', "SELECT nextval('s')"],
    ['SQL_FUNCTION_REFUSED', "SELECT getvariable('x')"],
    ['SQL_FUNCTION_REFUSED', 'SELECT pg_catalog.pg_get_viewdef(1)'],
    ['SQL_FUNCTION_REFUSED', 'SELECT system.main.sum(1)'],
    ['SQL_FUNCTION_REFUSED', "SELECT error('x')"],
    ['SQL_FUNCTION_REFUSED', 'SELECT txid_current()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT first(trips) OVER (ORDER BY random()) FROM released_usage'],
    ['SQL_FUNCTION_REFUSED', 'SELECT 1 FROM released_usage ORDER BY random()'],
    ['SQL_FUNCTION_REFUSED', 'SELECT 1 LIMIT (random() * 3)::INT'],
    ['SQL_FUNCTION_REFUSED', 'SELECT sum(trips) FILTER (WHERE random() > 0.5) FROM released_usage'],
    ['SQL_FUNCTION_REFUSED', 'SELECT sum(random()) OVER () FROM released_usage'],
    ['SQL_FUNCTION_REFUSED', 'SELECT * REPLACE (random() AS trips) FROM released_usage'],
    ['SQL_FUNCTION_REFUSED', 'SELECT DISTINCT ON (random()) 1 FROM released_usage'],
    [
      'SQL_FUNCTION_REFUSED',
      'SELECT 1 FROM released_usage u JOIN released_usage v ON random() > 0.5',
    ],
    ['SQL_FUNCTION_REFUSED', 'VALUES (random())'],
    // The rest.
    [
      'SQL_SYNTAX_REFUSED',
      'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) FROM t',
    ],
    ['SQL_SYNTAX_REFUSED', 'DESCRIBE released_usage'],
    ['SQL_SYNTAX_REFUSED', 'SHOW TABLES'],
    ['SQL_SYNTAX_REFUSED', 'SUMMARIZE released_usage'],
    ['SQL_SYNTAX_REFUSED', 'FROM released_usage TABLESAMPLE 10%'],
    ['SQL_SYNTAX_REFUSED', 'FROM released_usage AT (VERSION => 1)'],
    ['SQL_SYNTAX_REFUSED', 'SELECT 1 LIMIT 10%'],
    ['SQL_SYNTAX_REFUSED', 'SELECT $1'],
    ['SQL_SYNTAX_REFUSED', 'SELECT ?'],
    ['SQL_SYNTAX_REFUSED', "SELECT try('x'::INT)"],
    ['SQL_SYNTAX_REFUSED', "SELECT 'x'::regclass"],
    ['SQL_SYNTAX_REFUSED', 'SELECT brand COLLATE NOCASE FROM released_usage'],
    ['SQL_SYNTAX_REFUSED', 'SELECT lambda x: x + 1'],
    ['SQL_SYNTAX_REFUSED', "SELECT 'a'::VARCHAR[]"],
    // What DuckDB refuses.
    ['SQL_INVALID', 'SELECT price FROM released_usage'],
    ['SQL_INVALID', 'SELECT sum(brand) FROM released_usage'],
    ['SQL_INVALID', 'SELECT brand::INT FROM released_usage'],
    ['SQL_INVALID', 'SELECT distanceM * 9223372036854775807 FROM released_usage'],
    ['SQL_TYPE_REFUSED', 'SELECT tripM FROM released_usage'],
    ['SQL_TYPE_REFUSED', 'SELECT u FROM released_usage u'],
    ['SQL_TYPE_REFUSED', 'SELECT INTERVAL 1 DAY'],
    ['SQL_TYPE_REFUSED', 'SELECT 9223372036854775807::HUGEINT + 1'],
    ['SQL_TYPE_REFUSED', "SELECT 'infinity'::DATE"],
    ['SQL_TYPE_REFUSED', "SELECT '12000-01-01'::TIMESTAMP"],
    [
      'SQL_TOO_LARGE',
      'SELECT 1 FROM released_usage a, released_usage b, released_usage c, released_usage d',
    ],
    ['SQL_TOO_LARGE', `SELECT ${'1, '.repeat(300)} 1`],
    ['SQL_TOO_LARGE', `SELECT 1 -- ${'x'.repeat(20_000)}`],
    [
      'SQL_TOO_LARGE',
      `WITH a AS (SELECT '${'x'.repeat(1_000)}' AS x FROM released_usage) SELECT a.x FROM a, a AS b, a AS c`,
    ],
  ])('as %s: %s', async (code, sql) => {
    expect(await codeOf(sql)).toBe(code);
  });

  test('without telling a value of the data: that would be data for nothing', async () => {
    const failure = sqlFailure(
      await ask(
        'SELECT CAST(brand || max(distanceM) AS INT) FROM released_usage GROUP BY brand',
      ).catch((error: unknown) => error),
    );
    expect(failure?.code).toBe('SQL_INVALID');
    expect(failure?.detail).not.toMatch(/\d/);
  });

  test('naming what there is instead', async () => {
    const failure = await ask('FROM events').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PassportError);
    expect(failure).toMatchObject({ detail: 'no table "events"; there are released_usage' });
  });

  test('and the engine goes on answering', async () => {
    expect((await ask('SELECT count(*) FROM released_usage')).rows).toEqual([[9]]);
  });
});

describe('which tables have answered is told by the words of a statement', () => {
  const both = ['released_usage', 'released_mileage'];
  const codeWith = (sql: string): Promise<string> =>
    engine.answer({ sql, tables: both, block: 11 }).then(
      () => 'answered',
      (error: unknown) => sqlFailure(error)?.code ?? `broken: ${String(error)}`,
    );

  test('however a table is written, it is a word of the statement, or cannot be read', async () => {
    expect(await codeWith('SELECT 1 FROM Released_Usage, "released_mileage"')).toBe('answered');
    for (const hidden of ['U&"released\\005fmileage"', '"released" "_mileage"']) {
      expect(await codeWith(`SELECT 1 FROM released_usage, ${hidden}`)).not.toBe('answered');
    }
  });

  test('a table of the tree that is no word of the text is refused', () => {
    const from = { type: 'BASE_TABLE', table_name: 'released_mileage' };
    const tree = { statements: [{ node: { type: 'SELECT_NODE', from_table: from } }] };
    expect(() => guardStatement(tree, both)).not.toThrow();
    expect(() => guardStatement(tree, both, ['released_usage'])).toThrow('released_mileage');
  });
});
