import type { Column, TableSchema } from '../delta/delta-schema.ts';
import type { ParquetLayout } from '../duckdb/write-parquet.ts';

/** Name of the table of all lines of log books. */
export const EVENTS = 'events';

/** Columns of its files; the partition is in their path. */
export const eventColumns: readonly Column[] = [
  { name: 'vid', type: 'string', id: 2 },
  { name: 'block', type: 'long', id: 3 },
  { name: 'tx', type: 'integer', id: 4 },
  { name: 'index', type: 'integer', id: 5 },
  { name: 'kind', type: 'string', id: 6 },
  { name: 'at', type: 'date', id: 7 },
  { name: 'recorded_at', type: 'timestamp', id: 8 },
  { name: 'source', type: 'string', id: 9 },
  { name: 'entry', type: 'integer', id: 10 },
  { name: 'place', type: 'integer', id: 11 },
  { name: 'odometer_km', type: 'integer', id: 12 },
  { name: 'quality', type: 'integer', id: 13 },
  { name: 'detail', type: 'string', id: 14 },
];

/** Columns of the table. */
export const eventsSchema: TableSchema = [
  { name: 'partition', type: 'integer', id: 1 },
  ...eventColumns,
];

/** A vehicle's lines lie together, by day: that is how they are read. */
export const eventsLayout: ParquetLayout = {
  columns: eventColumns,
  orderBy: ['vid', 'at', 'block', 'tx', 'index'],
  // One log book is in one or two of them, and only those are unpacked.
  rowGroupRows: 4 * 1024,
  // No dictionaries: zstd finds what repeats in so few rows as well, in files of the same size.
  dictionaryValuesMax: 1,
};
