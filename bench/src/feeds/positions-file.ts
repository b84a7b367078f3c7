import { DuckDBInstance } from '@duckdb/node-api';

const MEMORY = '1GB';

/** What file to write. */
export type PositionsFile = {
  readonly path: string;
  readonly rows: number;
  /** A file of real positions, which is copied under other names of vehicles. */
  readonly real: string | undefined;
  readonly directory: string;
};

/** Writes a Parquet file with exactly so many positions, in no useful order. */
export async function writePositions(file: PositionsFile): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    temp_directory: `${file.directory}/making`,
    threads: '2',
  });
  const connection = await instance.connect();
  const from = file.real === undefined ? madeUp(file.rows) : copied(file.real, file.rows);
  await connection.run(`COPY (${from}) TO '${file.path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

/** Copy after copy of the fleet; in the file's own order, which is by vehicle within each copy. */
function copied(real: string, rows: number): string {
  return `
    SELECT copy || '-' || vehicle_id AS vehicle_id, ts_utc, lat, lon, speed_mps, service_day
    FROM read_parquet('${real.replaceAll("'", "''")}'), range(${Math.ceil(rows / 400_000)}) AS r(copy)
    LIMIT ${rows}`;
}

/**
 * Vehicles that drive north for 50 minutes of each hour, a position a minute, 12 hours a day; row after
 * row by time, so that they have to be sorted.
 */
function madeUp(rows: number): string {
  const vehicles = 300;
  return `
    WITH minutes AS (
      SELECT n % ${vehicles} AS vehicle, n // ${vehicles} AS minute FROM range(${rows}) AS r(n)
    ), days AS (SELECT vehicle, minute // 720 AS day, minute % 720 AS minute FROM minutes)
    SELECT
      'bus-' || vehicle AS vehicle_id,
      TIMESTAMPTZ '2024-01-01 08:00:00Z' + to_days(day::INTEGER) + to_minutes(minute) AS ts_utc,
      30.0 + 0.003 * (minute // 60 * 50 + least(minute % 60, 50)) AS lat,
      -97.0 + 0.001 * vehicle AS lon,
      CASE WHEN minute % 60 < 50 THEN 6.0 ELSE 0.0 END AS speed_mps,
      strftime(DATE '2024-01-01' + day::INTEGER, '%Y-%m-%d') AS service_day
    FROM days`;
}
