import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { TextSpans } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { type Cell, chunksOf } from './cells.ts';
import { CHUNK_ROWS, chunkOf, copyNumbers, type Numbers, typesOf } from './chunk-columns.ts';
import { copyTexts } from './chunk-texts.ts';
import { identifier } from './sql.ts';

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

/** A column of {@link ColumnAppender}: how DuckDB has it. */
export type AppendedColumn = {
  readonly name: string;
  readonly type: 'INTEGER' | 'DOUBLE' | 'VARCHAR';
};

/** Values of a column: numbers as DuckDB has them, or texts. */
export type AppendedValues = Numbers | TextSpans;

/**
 * Appends rows to a connection's temporary table, by column: numbers are copied as they lie in memory. Chunks go there
 * many at once, as each time costs a transaction.
 */
export class ColumnAppender {
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  /** In the chunk. */
  #rows = 0;
  /** In chunks that the appender has. */
  #waiting = 0;
  #isOver = false;

  private constructor(appender: DuckDBAppender) {
    this.#appender = appender;
    this.#chunk = chunkOf(typesOf(appender));
  }

  /** Makes the table. */
  static async create(
    connection: DuckDBConnection,
    table: string,
    columns: readonly AppendedColumn[],
  ): Promise<ColumnAppender> {
    const spelled = columns.map(({ name, type }) => `${identifier(name)} ${type}`);
    await connection.run(`CREATE TEMP TABLE ${identifier(table)} (${spelled.join(', ')})`);
    return ColumnAppender.open(connection, table);
  }

  /** To a table that there is. */
  static async open(connection: DuckDBConnection, table: string): Promise<ColumnAppender> {
    return new ColumnAppender(await connection.createAppender(table, 'main', 'temp'));
  }

  /** Appends the rows from `from` up to `to`, which it does not have, of columns in the order of the table's. */
  append(columns: readonly AppendedValues[], from: number, to: number): void {
    for (let start = from; start < to;) {
      const end = Math.min(to, start + CHUNK_ROWS - this.#rows);
      for (const [place, values] of columns.entries()) this.#copy(place, values, start, end);
      this.#rows += end - start;
      start = end;
      if (this.#rows === CHUNK_ROWS) this.#put();
    }
    if (this.#waiting >= WAITING_ROWS_MAX) this.#flush();
  }

  /** Has all in the table; there is nothing to append any more. */
  end(): void {
    if (this.#rows > 0) this.#put();
    this.#isOver = true;
    this.#appender.closeSync();
  }

  /** Forgets what is not in the table yet. Again is allowed. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#appender.clear();
    this.#appender.closeSync();
  }

  #copy(place: number, values: AppendedValues, from: number, to: number): void {
    const row = this.#rows;
    if ('starts' in values) copyTexts(this.#chunk, place, values, { from, to, row });
    else copyNumbers(this.#chunk, place, values.subarray(from, to), row);
  }

  #flush(): void {
    this.#appender.flushSync();
    this.#waiting = 0;
  }

  #put(): void {
    this.#chunk.rowCount = this.#rows;
    this.#appender.appendDataChunk(this.#chunk);
    this.#chunk.reset();
    this.#waiting += this.#rows;
    this.#rows = 0;
  }
}
