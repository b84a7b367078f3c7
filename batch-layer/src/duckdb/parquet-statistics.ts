import type { Column, PrimitiveType } from '../delta/delta-schema.ts';
import {
  type Bound,
  decimalBound,
  type FileStatistics,
  lowerTextBound,
  numberBound,
  timestampBound,
  upperTextBound,
} from '../delta/statistics.ts';
import { sqlType } from './column-types.ts';
import type { Engine, JsonRow } from './engine.ts';
import { literal } from './sql.ts';

/** Types that have bounds; a boolean's would tell nothing. */
const unbounded = new Set(['boolean', 'binary']);

type PrimitiveColumn = Column & { readonly type: PrimitiveType };

/**
 * The statistics of a Parquet file that {@link writeParquet} wrote, from its footer alone. Columns of
 * lists, maps and structs have none. Throws a TypeError where the file lacks a column.
 */
export async function parquetStatistics(
  engine: Engine,
  path: string,
  columns: readonly Column[],
): Promise<FileStatistics> {
  const [file] = await engine.rows(
    `SELECT num_rows::BIGINT AS rows FROM parquet_file_metadata(${literal(path)})`,
  );
  const numRecords = Number(file?.['rows']);
  const flat = columns.filter(isPrimitive);
  const minValues: Record<string, Bound> = {};
  const maxValues: Record<string, Bound> = {};
  const nullCount: Record<string, number> = {};
  const rows = flat.length === 0 ? [] : await engine.rows(queryOf(path, flat));
  const found = new Map(rows.map((row) => [row['name'], row]));
  for (const { name, type } of numRecords === 0 ? [] : flat) {
    const row = found.get(name);
    if (row === undefined || Number(row['groups']) === 0) {
      throw new TypeError(`${path} has no column ${name}`);
    }
    if (typeof row['nulls'] === 'string') nullCount[name] = Number(row['nulls']);
    const lower = boundOf(row, 'lower', type);
    if (lower !== undefined) minValues[name] = lower;
    const upper = boundOf(row, 'upper', type);
    if (upper !== undefined) maxValues[name] = upper;
  }
  return { numRecords, minValues, maxValues, nullCount };
}

function isPrimitive(column: Column): column is PrimitiveColumn {
  return typeof column.type === 'string';
}

/** One row for each column: row groups, nulls, and bounds where every row group has one. */
function queryOf(path: string, columns: readonly PrimitiveColumn[]): string {
  const parts = columns.map(({ name, type }) => {
    const bound = (side: 'min' | 'max'): string => {
      const value = `CAST(stats_${side}_value AS ${sqlType(type)})`;
      const spelled = type === 'timestamp' ? `epoch_us(${side}(${value}))` : `${side}(${value})`;
      const isMissing = `stats_${side}_value IS NULL AND stats_null_count IS DISTINCT FROM num_values`;
      return `CASE WHEN count(*) FILTER (${isMissing}) = 0 THEN ${spelled}::VARCHAR END`;
    };
    const bounds = unbounded.has(type) ? 'NULL, NULL' : `${bound('min')}, ${bound('max')}`;
    return `SELECT ${literal(name)}, count(*), CASE WHEN count(stats_null_count) = count(*)
      THEN sum(stats_null_count)::VARCHAR END, ${bounds}
      FROM footer WHERE path_in_schema = ${literal(name)}`;
  });
  return `WITH footer AS MATERIALIZED (FROM parquet_metadata(${literal(path)})),
    answer(name, groups, nulls, lower, upper) AS (${parts.join(' UNION ALL ')}) FROM answer`;
}

function boundOf(row: JsonRow, side: 'lower' | 'upper', type: PrimitiveType): Bound | undefined {
  const text = row[side];
  if (typeof text !== 'string') return undefined;
  if (type === 'string') return side === 'lower' ? lowerTextBound(text) : upperTextBound(text);
  if (type === 'timestamp') return timestampBound(BigInt(text), side);
  if (type === 'date') return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
  return type.startsWith('decimal') ? decimalBound(text) : numberBound(text);
}
