import type { Engine } from '../duckdb/engine.ts';
import { literal } from '../duckdb/sql.ts';
import { eventColumns } from '../tables/events-table.ts';
import type { PhysicalType } from './column-rows.ts';

/** Where a column of a row group lies in its file, bytes. */
export type ChunkPlace = { readonly start: number; readonly end: number };

/** A row group of a file of log books, by its footer. */
export type RowGroup = {
  /** Bounds of the vids in it. */
  readonly low: string;
  readonly high: string;
  /** In the order of the table's columns. */
  readonly chunks: readonly ChunkPlace[];
};

const physical = {
  string: 'BYTE_ARRAY',
  long: 'INT64',
  timestamp: 'INT64',
  integer: 'INT32',
  date: 'INT32',
} as const satisfies Readonly<Record<string, PhysicalType>>;

/** How the table's columns lie in a file. */
export const physicalTypes: readonly PhysicalType[] = eventColumns.map(({ name, type }) => {
  const found = Object.entries(physical).find(([known]) => known === type);
  if (found === undefined) throw new TypeError(`the column ${name} is not read by hand`);
  return found[1];
});

/**
 * The row groups of a local file, out of its footer. Undefined where it is not as this process writes them: then
 * DuckDB has to read it.
 */
export async function readRowGroups(
  engine: Engine,
  path: string,
): Promise<readonly RowGroup[] | undefined> {
  const rows = await engine.rows(
    `SELECT row_group_id AS number, path_in_schema AS name, parquet_metadata.type, compression,
      least(dictionary_page_offset, data_page_offset)::DOUBLE AS start,
      total_compressed_size::DOUBLE AS bytes, stats_min_value AS low, stats_max_value AS high,
      min_is_exact AND max_is_exact AS exact, repetition_type AS repetition,
      converted_type AS means
    FROM parquet_metadata(${literal(path)}) JOIN (FROM parquet_schema(${literal(path)})) AS columns
      ON columns.name = path_in_schema
    ORDER BY row_group_id`,
  );
  const groups = new Map<unknown, Map<unknown, (typeof rows)[number]>>();
  for (const row of rows) {
    const group = groups.get(row['number']) ?? new Map<unknown, typeof row>();
    groups.set(row['number'], group.set(row['name'], row));
  }
  const read: RowGroup[] = [];
  for (const group of groups.values()) {
    const chunks: ChunkPlace[] = [];
    for (const [index, { name, type }] of eventColumns.entries()) {
      const column = group.get(name);
      const isKnown =
        column?.['type'] === physicalTypes[index] &&
        column?.['compression'] === 'ZSTD' &&
        column['repetition'] === 'OPTIONAL' &&
        (type !== 'timestamp' || column['means'] === 'TIMESTAMP_MICROS');
      if (!isKnown) return undefined;
      const start = Number(column['start']);
      chunks.push({ start, end: start + Number(column['bytes']) });
    }
    const { low, high, exact } = group.get('vid') ?? {};
    if (typeof low !== 'string' || typeof high !== 'string' || exact === false) return undefined;
    read.push({ low, high, chunks });
  }
  return read;
}
