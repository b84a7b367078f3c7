import { DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import type { ReleasedBatch } from '@passport/batch-layer';
import { defaultMarket, priceOf } from '@passport/model';
import { defaultSqlLimits, SqlDesk, tableColumns, tableValues } from '@passport/serving-api';

import { type Figure, median } from '../figure.ts';
import { benchLogger } from '../pipeline/bench-log.ts';
import { archiveOf, batchParts } from './released-batches.ts';

/** Batches of the table: ten years of days by a few hundred models. */
const BATCHES = 500_000;
/** Rounds that count; each runs every statement both ways, in turns. */
const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
/** What guard, lease and metering may cost of DuckDB alone: issue 7. */
const OVERHEAD_PERCENT_MAX = 15;

const statements = [
  `SELECT brand, model, sum(trips) AS trips, sum("distanceM") / sum(trips) AS mean
    FROM released_usage GROUP BY brand, model ORDER BY trips DESC LIMIT 100`,
  `SELECT left("day", 7) AS month, energy, sum("harshBrakes") * 1000.0 / sum("distanceM") AS harsh
    FROM released_usage WHERE region LIKE 'DE-%' GROUP BY ALL ORDER BY ALL`,
  `WITH monthly AS (SELECT brand, left("day", 7) AS month, sum("distanceM") AS m
      FROM released_usage GROUP BY ALL)
    SELECT brand, month, m - lag(m) OVER (PARTITION BY brand ORDER BY month) AS change
    FROM monthly ORDER BY ALL`,
  `SELECT brand, quantile_cont("distanceM", 0.9) AS p90 FROM released_usage GROUP BY brand ORDER BY brand`,
];

/** What SQL costs over DuckDB alone: the same statements over the same rows, one thread, in turns. */
export async function sqlBench(say: (line: string) => void): Promise<Figure[]> {
  const parts = batchParts(BATCHES);
  const archive = archiveOf(parts);
  const limits = { ...defaultSqlLimits, workers: 1, memoryMb: 1024, timeoutMs: 120_000 };
  const desk = new SqlDesk({ archive, logger: benchLogger, limits, pollMs: 1_000 });
  const alone = await duckDbAlone(parts);
  try {
    say(`loading ${BATCHES} batches`);
    await desk.advance();
    const descriptor = { answers: ['sql' as const], views: ['usage' as const] };
    const fenced = async (sql: string): Promise<void> => {
      const { table } = await desk.answer({ sql, descriptor });
      const price = priceOf(defaultMarket.tariff, 'sql', table.rows.length, 1000);
      if (price <= 0n) throw new Error('it costs nothing');
    };
    const times = { alone: [] as number[], fenced: [] as number[] };
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const [first, second] = [await timed(alone.run), await timed(fenced)];
      if (round < 0) continue;
      times.alone.push(first);
      times.fenced.push(second);
    }
    const [baseline, value] = [median(times.alone), median(times.fenced)];
    const ratio = value / baseline;
    return [
      {
        ...{ figure: 'SQL: four statements, guarded, leased, metered', value, unit: 'ms' },
        ...{ baseline, ratio },
      },
      {
        figure: 'SQL: cost over DuckDB alone',
        ...{ value: (ratio - 1) * 100, unit: '%', target: { atMost: OVERHEAD_PERCENT_MAX } },
      },
    ];
  } finally {
    desk.close();
    alone.close();
  }
}

/** How long all statements take one after the other, milliseconds. */
async function timed(run: (sql: string) => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (const sql of statements) await run(sql);
  return performance.now() - startMs;
}

/** DuckDB in this process, as its own users have it: no guard, no other process, rows as it has them. */
async function duckDbAlone(parts: readonly (readonly ReleasedBatch[])[]) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const columns = tableColumns('usage');
  const list = columns.map(({ name, sqlType }) => `"${name}" ${sqlType}`).join(', ');
  await connection.run(`CREATE TABLE coming (${list})`);
  const types = columns.map(({ type }) => type);
  const appender = await connection.createAppender('coming');
  for (const batches of parts) {
    const chunk = DuckDBDataChunk.create(types, batches.length);
    chunk.setColumns(tableValues('usage', batches));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const order = columns
    .filter(({ sqlType }) => sqlType === 'VARCHAR')
    .map(({ name }) => `"${name}"`);
  await connection.run(
    `CREATE TABLE released_usage AS FROM coming ORDER BY released_block, ${order.join(', ')}`,
  );
  await connection.run('DROP TABLE coming');
  return {
    run: async (sql: string) => (await connection.runAndReadAll(sql)).getRows(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
