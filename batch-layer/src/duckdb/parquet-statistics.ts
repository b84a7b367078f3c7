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
  const flat = columns.filter(isPrimitive);
  const minValues: Record<string, Bound> = {};
  const maxValues: Record<string, Bound> = {};
  const nullCount: Record<string, number> = {};
  const rows = await engine.rows(queryOf(path, flat));
  // All columns have as many; a file without rows has no row group.
  const numRecords = Number(rows[0]?.['rows'] ?? 0);
  const found = new Map(rows.map((row) => [row['name'], row]));
  for (const { name, type } of numRecords === 0 ? [] : flat) {
    const row = found.get(name);
    if (row === undefined) throw new TypeError(`${path} has no column ${name}`);
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

/**
 * One row for each column: rows, nulls, and bounds where every row group has one. Columns of a type share an aggregate, and all
 * of them one query: to plan it takes DuckDB longer than to read a footer.
 */
function queryOf(path: string, columns: readonly PrimitiveColumn[]): string {
  const bounded = columns.filter(({ type }) => !unbounded.has(type));
  const types = [...Map.groupBy(bounded, ({ type }) => type)];
  const bound = (side: 'min' | 'max'): string => {
    const ofTypes = types.map(([type, own]) => {
      const names = own.map(({ name }) => literal(name)).join(', ');
      const value = `CAST(stats_${side}_value AS ${sqlType(type)})`;
      const found = `${side}(CASE WHEN path_in_schema IN (${names}) THEN ${value} END)`;
      return `${type === 'timestamp' ? `epoch_us(${found})` : found}::VARCHAR`;
    });
    const isMissing = `stats_${side}_value IS NULL AND stats_null_count IS DISTINCT FROM num_values`;
    return `CASE WHEN count(*) FILTER (${isMissing}) = 0 THEN ${coalesced(ofTypes)} END`;
  };
  return `SELECT path_in_schema AS name, sum(row_group_num_rows)::VARCHAR AS rows,
      CASE WHEN count(stats_null_count) = count(*) THEN sum(stats_null_count)::VARCHAR END AS nulls,
      ${bound('min')} AS lower, ${bound('max')} AS upper
    FROM parquet_metadata(${literal(path)}) GROUP BY path_in_schema`;
}

/** The one that a column has: the others are of another type. */
function coalesced(values: readonly string[]): string {
  return values.length === 0 ? 'NULL' : `coalesce(${values.join(', ')})`;
}

function boundOf(row: JsonRow, side: 'lower' | 'upper', type: PrimitiveType): Bound | undefined {
  const text = row[side];
  if (typeof text !== 'string') return undefined;
  if (type === 'string') return side === 'lower' ? lowerTextBound(text) : upperTextBound(text);
  if (type === 'timestamp') return timestampBound(BigInt(text), side);
  if (type === 'date') return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
  return type.startsWith('decimal') ? decimalBound(text) : numberBound(text);
}
