import type { DuckDBConnection } from '@duckdb/node-api';

import type { Column } from '../delta/delta-schema.ts';
import { type Cell, chunksOf } from './cells.ts';

/** Appends rows to a connection's temporary table; cells in the order of its columns. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table, 'main', 'temp');
  for await (const chunk of chunksOf(columns, rows)) appender.appendDataChunk(chunk);
  appender.closeSync();
}
