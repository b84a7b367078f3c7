import {
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

import type { Column } from '../delta/delta-schema.ts';
import { type Cell, chunksOf } from './cells.ts';

/** Rows of a chunk at most: DuckDB's vector. */
const CHUNK_ROWS = 2048;

/** Rows that wait to be appended at most. */
const WAITING_ROWS_MAX = 32 * 1024;

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

/** Values by column, as DuckDB takes them; all columns of one length. */
export type Columns = readonly (readonly DuckDBValue[])[];

/**
 * Appends values by column to a connection's temporary table: no row is ever made of them. They go
 * there many at once, as each time costs a transaction.
 */
export class ColumnAppender {
  readonly #connection: DuckDBConnection;
  readonly #table: string;
  readonly #types: readonly DuckDBType[];
  #waiting: Columns[] = [];
  #rows = 0;

  constructor(connection: DuckDBConnection, table: string, types: readonly DuckDBType[]) {
    this.#connection = connection;
    this.#table = table;
    this.#types = types;
  }

  async append(columns: Columns): Promise<void> {
    this.#waiting.push(columns);
    this.#rows += columns[0]?.length ?? 0;
    if (this.#rows >= WAITING_ROWS_MAX) await this.flush();
  }

  /** Has all in the table. */
  async flush(): Promise<void> {
    const appender = await this.#connection.createAppender(this.#table, 'main', 'temp');
    for (const columns of this.#waiting) {
      for (const chunk of this.#chunksOf(columns)) appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    this.#waiting = [];
    this.#rows = 0;
  }

  *#chunksOf(columns: Columns): Generator<DuckDBDataChunk> {
    const length = columns[0]?.length ?? 0;
    for (let start = 0; start < length; start += CHUNK_ROWS) {
      const end = Math.min(start + CHUNK_ROWS, length);
      const chunk = DuckDBDataChunk.create(this.#types, end - start);
      chunk.setColumns(columns.map((values) => values.slice(start, end)));
      yield chunk;
    }
  }
}
