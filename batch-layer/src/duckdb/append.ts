import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

import type { Column } from '../delta/delta-schema.ts';
import { type Cell, chunksOf } from './cells.ts';
import { CHUNK_ROWS, chunkOf, copyNumbers, typesOf } from './chunk-columns.ts';
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

/** Stands for no number in a column of {@link RowAppender}: DuckDB's bits of what is there come dear one by one. */
export const NO_NUMBER = -(2 ** 31);

/** A column of {@link RowAppender}: how DuckDB has it, and what a row has there. */
export type RowColumn<Row> = { readonly name: string } & (
  | { readonly type: 'INTEGER' | 'DOUBLE'; readonly read: (row: Row) => number }
  | { readonly type: 'VARCHAR'; readonly read: (row: Row) => string }
);

type Reading<Row, Value, Values> = {
  readonly place: number;
  readonly read: (row: Row) => Value;
  readonly values: Values;
};

/**
 * Appends rows to a connection's temporary table: numbers lie in memory as DuckDB has them until a chunk is full, and
 * are copied there all at once. Chunks go there many at once, as each time costs a transaction.
 */
export class RowAppender<Row> {
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;
  readonly #numbers: Reading<Row, number, Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>[] =
    [];
  readonly #texts: Reading<Row, string, string[]>[] = [];
  #rows = 0;
  #waiting = 0;
  #isOver = false;

  private constructor(appender: DuckDBAppender, columns: readonly RowColumn<Row>[]) {
    this.#appender = appender;
    this.#chunk = chunkOf(typesOf(appender));
    for (const [place, column] of columns.entries()) {
      if (column.type === 'VARCHAR') {
        this.#texts.push({ place, read: column.read, values: [] });
        continue;
      }
      const Values = column.type === 'INTEGER' ? Int32Array : Float64Array;
      this.#numbers.push({ place, read: column.read, values: new Values(CHUNK_ROWS) });
    }
  }

  /** Makes the table. */
  static async create<Row>(
    connection: DuckDBConnection,
    table: string,
    columns: readonly RowColumn<Row>[],
  ): Promise<RowAppender<Row>> {
    const spelled = columns.map(({ name, type }) => `${identifier(name)} ${type}`);
    await connection.run(`CREATE TEMP TABLE ${identifier(table)} (${spelled.join(', ')})`);
    return new RowAppender(await connection.createAppender(table, 'main', 'temp'), columns);
  }

  append(rows: readonly Row[]): void {
    for (const row of rows) {
      for (const { read, values } of this.#numbers) values[this.#rows] = read(row);
      for (const { read, values } of this.#texts) values[this.#rows] = read(row);
      this.#rows += 1;
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

  #flush(): void {
    this.#appender.flushSync();
    this.#waiting = 0;
  }

  #put(): void {
    this.#chunk.reset();
    this.#chunk.rowCount = this.#rows;
    for (const { place, values } of this.#numbers) {
      copyNumbers(this.#chunk, place, values.subarray(0, this.#rows));
    }
    for (const { place, values } of this.#texts) {
      const vector = duckdb.data_chunk_get_vector(this.#chunk.chunk, place);
      for (let row = 0; row < this.#rows; row += 1) {
        duckdb.vector_assign_string_element(vector, row, values[row] ?? '');
      }
    }
    this.#appender.appendDataChunk(this.#chunk);
    this.#waiting += this.#rows;
    this.#rows = 0;
  }
}
