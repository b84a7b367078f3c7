import { rm, stat } from 'node:fs/promises';

import type { DuckDBConnection } from '@duckdb/node-api';

import type { Column } from '../delta/delta-schema.ts';
import { appendRows } from './append.ts';
import type { Cell } from './cells.ts';
import { castColumns, fieldIds, sqlType } from './column-types.ts';
import type { Engine } from './engine.ts';
import { identifier, literal, orderByClause, type OrderTerm } from './sql.ts';

/** Rows of a row group unless the caller says otherwise: what a reader skips or reads at once. */
const ROW_GROUP_ROWS = 64 * 1024;

/** How a Parquet file is laid out. */
export type ParquetLayout = {
  /** The file's columns in their order; each gets its field id. */
  readonly columns: readonly Column[];
  readonly orderBy: readonly OrderTerm[];
  /** DuckDB rounds it up to a multiple of 2048. */
  readonly rowGroupRows?: number;
  /** Different values of a column in a row group beyond which it has no dictionary. */
  readonly dictionaryValuesMax?: number;
};

/** A local Parquet file that is complete. */
export type ParquetFile = { readonly path: string; readonly bytes: number; readonly rows: number };

/**
 * Writes the rows of a query, which has the layout's columns, sorted to a Parquet file with zstd.
 * Leaves no file when it throws QUERY_FAILED.
 */
export async function writeParquet(
  engine: Engine,
  path: string,
  layout: ParquetLayout,
  query: string,
): Promise<ParquetFile> {
  return engine.withConnection((connection) => copyTo(connection, path, layout, query));
}

/**
 * As {@link writeParquet}, of rows; cells in the order of the layout's columns. Rows are first
 * gathered in DuckDB, which spills what its memory does not hold.
 */
export async function writeRows(
  engine: Engine,
  path: string,
  layout: ParquetLayout,
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): Promise<ParquetFile> {
  const columns = layout.columns.map(({ name, type }) => `${identifier(name)} ${sqlType(type)}`);
  return engine.withConnection(async (connection) => {
    await connection.run(`CREATE TEMP TABLE gathered (${columns.join(', ')})`);
    await appendRows(connection, 'gathered', layout.columns, rows);
    return copyTo(connection, path, layout, 'FROM gathered');
  });
}

/**
 * Writes the rows of several Parquet files of the same columns to one, sorted. Throws where it does
 * not have as many rows as all of them together.
 */
export async function compact(
  engine: Engine,
  files: readonly string[],
  path: string,
  layout: ParquetLayout,
): Promise<ParquetFile> {
  const list = `[${files.map(literal).join(', ')}]`;
  const counted = await engine.rows(
    `SELECT sum(num_rows)::BIGINT AS rows FROM parquet_file_metadata(${list})`,
  );
  const compacted = await writeParquet(engine, path, layout, `FROM read_parquet(${list})`);
  if (compacted.rows !== Number(counted[0]?.['rows'])) {
    await rm(path, { force: true });
    throw new Error(`compaction of ${files.length} files lost or made rows`);
  }
  return compacted;
}

/**
 * As {@link writeParquet}, of what a connection has; its own temporary tables may be among it. Columns are cast to the
 * layout's types unless `selected` says how they are selected.
 */
export async function copyTo(
  connection: DuckDBConnection,
  path: string,
  layout: ParquetLayout,
  query: string,
  selected?: string,
): Promise<ParquetFile> {
  const { columns, orderBy, rowGroupRows = ROW_GROUP_ROWS, dictionaryValuesMax } = layout;
  const options = [
    'FORMAT parquet',
    'COMPRESSION zstd',
    `ROW_GROUP_SIZE ${rowGroupRows}`,
    `FIELD_IDS ${fieldIds(columns)}`,
    ...(dictionaryValuesMax === undefined ? [] : [`DICTIONARY_SIZE_LIMIT ${dictionaryValuesMax}`]),
  ];
  const sorted = `SELECT ${selected ?? castColumns(columns)} FROM (${query}) ${orderByClause(orderBy)}`;
  try {
    const reader = await connection.runAndReadAll(
      `COPY (${sorted}) TO ${literal(path)} (${options.join(', ')})`,
    );
    const rows = Number(reader.getRowsJson()[0]?.[0]);
    return { path, bytes: (await stat(path)).size, rows };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
