import { literal } from './read-columns.ts';

/** Rejected rows that DuckDB remembers of one reading; it counts all of them up to here. */
const REJECTS_MAX = 1_000_000;

/** A longer line is no row. DuckDB's buffers are sixteen of its default, 2 MB, each. */
const LINE_BYTES_MAX = 64 * 1024;
const BUFFER_BYTES = 16 * LINE_BYTES_MAX;

/**
 * A CSV file as a table expression, all columns as texts. A row that is none of the file's columns is
 * left out and counted in the table that {@link countCsvRejects} asks.
 */
export function csv(path: string): string {
  const options = [
    "delim=','",
    "quote='\"'",
    'header=true',
    'all_varchar=true',
    'auto_detect=true',
    'store_rejects=true',
    `max_line_size=${LINE_BYTES_MAX}`,
    `buffer_size=${BUFFER_BYTES}`,
    `rejects_limit=${REJECTS_MAX}`,
  ];
  return `read_csv(${literal(path)}, ${options.join(', ')})`;
}

/** Lines of the connection's CSV files that could not be read, for `after` of a query. */
export const countCsvRejects = 'SELECT count(DISTINCT (file_id, line))::DOUBLE FROM reject_errors';
