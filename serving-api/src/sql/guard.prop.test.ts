import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import { FencedEngine } from './fenced-engine.ts';
import { guardStatement } from './guard.ts';
import { defaultSqlLimits } from './limits.ts';
import { sqlFailure } from './sql-failure.ts';
import { someBatches } from './testing/some-batches.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 400) };
const tables = ['released_usage'];

let engine: FencedEngine;
beforeAll(async () => {
  engine = await FencedEngine.open({ ...defaultSqlLimits, memoryMb: 128, rowsMax: 500 });
  await engine.add(someBatches);
  await engine.commit(11);
});

/** What must never be reached, in every place that has a value or a table. */
const evilValues = [
  ...["getenv('HOME')", "current_setting('threads')", 'random()', 'now()', 'current_timestamp'],
  ...["(SELECT content FROM read_text('/etc/passwd'))", '(SELECT count(*) FROM duckdb_settings())'],
  ...['(SELECT count(*) FROM base.released_events)', "(FROM '/etc/passwd' SELECT count(*))"],
  ...['(SELECT count(*) FROM sqlite_master)', 'pg_catalog.version()', "getvariable('x')", '$1'],
  ...['(SELECT count(*) FROM released_events)', '(DESCRIBE released_usage)', "repeat('x', 99)"],
  ...['(WITH RECURSIVE r AS (SELECT 1 UNION ALL FROM r) SELECT count(*) FROM r)'],
] as const;
const goodValues = ['trips', 'brand', '1', "'x'", 'NULL', 'released_usage.trips', '"day"'] as const;

/** Values around a value, and statements around one. */
const around = [
  (value: string) => `(${value})`,
  (value: string) => `coalesce(${value}, ${value})`,
  (value: string) => `CASE WHEN ${value} IS NULL THEN ${value} ELSE ${value} END`,
  (value: string) => `TRY_CAST(${value} AS DOUBLE)`,
  (value: string) => `(SELECT max(${value}) FROM released_usage)`,
  (value: string) => `(${value} IN (${value}, 1::VARCHAR))`,
  (value: string) => `(${value} BETWEEN ${value} AND ${value})`,
  (value: string) =>
    `/* ${value.replaceAll('*/', '')} */ ${value} -- ${value.replaceAll('\n', ' ')}\n`,
  (value: string) => `count(*) FILTER (WHERE ${value} IS NULL) OVER (ORDER BY ${value})`,
  (value: string) => `first(${value} ORDER BY ${value}) OVER ()`,
  (value: string) => `lag(trips, 1, 0) OVER (PARTITION BY ${value})`,
] as const;
const statements = [
  (value: string) => `SELECT ${value} FROM released_usage`,
  (value: string) => `SELECT 1 FROM released_usage WHERE ${value} IS NOT NULL`,
  (value: string) => `SELECT count(*) FROM released_usage GROUP BY ${value}`,
  (value: string) => `SELECT 1 FROM released_usage GROUP BY ALL HAVING max(${value}) IS NULL`,
  (value: string) => `SELECT 1 FROM released_usage QUALIFY ${value} IS NULL`,
  (value: string) => `SELECT 1 FROM released_usage ORDER BY ${value}`,
  (value: string) => `SELECT DISTINCT ON (${value}) 1 FROM released_usage`,
  (value: string) => `WITH a AS (SELECT ${value} AS x FROM released_usage) FROM a`,
  (value: string) => `SELECT 1 UNION ALL (SELECT 1 FROM released_usage WHERE ${value} IS NULL)`,
  (value: string) => `SELECT 1 FROM released_usage a JOIN released_usage ON ${value} IS NULL`,
  (value: string) => `VALUES ((SELECT max(${value}) FROM released_usage))`,
  (value: string) =>
    `SELECT * EXCLUDE (tripM, speed) REPLACE (${value} AS trips) FROM released_usage`,
  (value: string) => `SELECT 1 FROM released_usage, LATERAL (SELECT ${value})`,
] as const;

const nested = (values: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...values),
      fc.array(fc.constantFrom(...around), { maxLength: 3 }),
      fc.constantFrom(...statements),
    )
    .map(([value, layers, statement]) =>
      statement(layers.reduce((inner, layer) => layer(inner), value)),
    );

const outcome = (sql: string): Promise<string> =>
  engine.answer({ sql, tables, block: 11 }).then(
    () => 'answered',
    (error: unknown) => sqlFailure(error)?.code ?? `broken: ${String(error)}`,
  );

const guarded = ['SQL_UNREADABLE', 'SQL_NOT_A_SELECT', 'SQL_TABLE_REFUSED'];
const refused = [...guarded, 'SQL_FUNCTION_REFUSED', 'SQL_SYNTAX_REFUSED'];

describe('the guard', { timeout: 120_000 }, () => {
  test('lets nothing through that has what it must not reach, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(nested(evilValues), async (sql) => {
        expect(refused).toContain(await outcome(sql));
      }),
      runs,
    );
  });

  test('lets the same statements through with ordinary values, if DuckDB can make sense of them', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(nested(goodValues), async (sql) => {
        const came = await outcome(sql);
        // Windows in windows, and the like, are what its parser refuses.
        expect(['answered', 'SQL_INVALID', 'SQL_TOO_LARGE', 'SQL_UNREADABLE']).toContain(came);
        if (came === 'answered') answered += 1;
      }),
      runs,
    );
    expect(answered).toBeGreaterThan(runs.numRuns / 4);
  });

  test('answers or refuses whatever is typed, and breaks at nothing', async () => {
    const words = fc.constantFrom(
      ...[
        'SELECT',
        'FROM',
        'WITH',
        'AS',
        '(',
        ')',
        ',',
        ';',
        '*',
        '--',
        '/*',
        '*/',
        "'",
        '"',
        '$$',
      ],
      ...[
        'released_usage',
        'base.',
        'trips',
        'brand',
        '1',
        'UNION',
        'WHERE',
        'a',
        '.',
        '::',
        '\u0000',
      ],
      ...[
        'COPY',
        'SET',
        'x',
        '=',
        '\\',
        '\n',
        '\u00a0',
        '\u212a',
        '#1',
        '?',
        ':=',
        '->',
        '[',
        ']',
        '{',
      ],
    );
    const typed = fc.oneof(
      fc.array(words, { maxLength: 20 }).map((list) => list.join(' ')),
      fc.string({ unit: 'binary', maxLength: 60 }),
      nested([...evilValues, ...goodValues]).chain((sql) =>
        fc.nat(sql.length).map((cut) => sql.slice(0, cut)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(typed, async (sql) => {
        expect(await outcome(sql)).toMatch(/^(answered|SQL_[A-Z_]+)$/);
      }),
      runs,
    );
  });

  test('refuses trees with anything that it does not know, and every tree that is none', () => {
    const node = { type: 'SELECT_NODE', select_list: [], from_table: { type: 'EMPTY' } };
    const tree = (part: object) => ({ error: false, statements: [{ node: { ...node, ...part } }] });
    expect(() => guardStatement(tree({}), tables)).not.toThrow();
    const known = ['type', 'modifiers', 'cte_map', 'select_list', 'from_table', 'where_clause'];
    const more = ['group_expressions', 'group_sets', 'aggregate_handling', 'having', 'qualify'];
    const key = fc.string().filter((text) => ![...known, ...more, '__proto__'].includes(text));
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        expect(() => guardStatement(tree({ [name]: value }), tables)).toThrow(/^SQL_/);
      }),
      runs,
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => guardStatement(value, tables)).toThrow(/^SQL_/);
        // An empty list of parts is a part that is not there.
        fc.pre(!Array.isArray(value));
        expect(() => guardStatement(tree({ from_table: value }), tables)).toThrow(/^SQL_/);
      }),
      runs,
    );
  });
});
