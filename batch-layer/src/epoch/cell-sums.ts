import type { DuckDBConnection } from '@duckdb/node-api';
import * as duck from '@duckdb/node-api';
import {
  type PackedFacts,
  PassportError,
  readCellName,
  readKey,
  type ReadKey,
  type View,
} from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { appendRows, ColumnAppender } from '../duckdb/append.ts';
import type { Cell } from '../duckdb/cells.ts';
import { sqlType } from '../duckdb/column-types.ts';
import { asQueryError, type Engine } from '../duckdb/engine.ts';
import { identifier } from '../duckdb/sql.ts';
import { copyTo, type ParquetFile } from '../duckdb/write-parquet.ts';
import { viewLayout } from '../tables/view-table.ts';
import { TextNumbers } from './text-numbers.ts';

const FACT_TYPES = [duck.INTEGER, duck.INTEGER, duck.DOUBLE];

const keyColumns: readonly Column[] = [
  { name: 'key', type: 'integer', id: 1 },
  { name: 'measure', type: 'string', id: 2 },
  { name: 'part', type: 'string', id: 3 },
];

/** A cell's sums; none of them is 0. */
export type SummedCell = {
  readonly dimensions: readonly string[];
  readonly keys: readonly (readonly [key: string, sum: number])[];
};

/**
 * Sums of an epoch's facts, by cell and key. Facts are gathered in DuckDB, which adds them up and sorts
 * them on all its threads; names of cells and keys, which repeat, stay here, and go there as numbers.
 */
export class CellSums {
  readonly #connection: DuckDBConnection;
  readonly #facts: ColumnAppender;
  readonly #cells = new TextNumbers();
  readonly #keys = new TextNumbers();
  readonly #read = new Map<string, ReadKey>();

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#facts = new ColumnAppender(connection, 'facts', FACT_TYPES);
  }

  static async open(engine: Engine): Promise<CellSums> {
    const connection = await engine.connect();
    // Deltas come as doubles, which have them exactly: a record takes none beyond 2^52.
    await connection.run('CREATE TEMP TABLE facts (cell INTEGER, key INTEGER, delta DOUBLE)');
    return new CellSums(connection);
  }

  /** Adds a record's facts; those of the blocks up to `reached` are known already. */
  add(packed: PackedFacts, reached: number): Promise<void> {
    const cells = packed.cells.map((cell) => this.#cells.of(cell));
    const keys = packed.keys.map((key) => this.#keys.of(key));
    const { blocks, factCells, factKeys, factDeltas } = packed;
    const columns: [number[], number[], number[]] = [[], [], []];
    let fact = 0;
    for (const { number, facts } of blocks) {
      const end = fact + facts;
      if (number <= reached) fact = end;
      for (; fact < end; fact += 1) {
        const [cell, key] = [cells[factCells[fact] ?? -1], keys[factKeys[fact] ?? -1]];
        const delta = factDeltas[fact];
        if (cell === undefined || key === undefined || delta === undefined) {
          throw new PassportError('RECORD_UNREADABLE', `fact ${fact} refers to nothing`);
        }
        columns[0].push(cell);
        columns[1].push(key);
        columns[2].push(delta);
      }
    }
    return this.#facts.append(columns);
  }

  /** Adds up; there is nothing to add any more. */
  async finish(): Promise<void> {
    const connection = this.#connection;
    await asQueryError(async () => {
      await this.#facts.flush();
      await connection.run('CREATE TEMP TABLE keys (key INTEGER, measure VARCHAR, part VARCHAR)');
      await appendRows(connection, 'keys', keyColumns, keyRows(this.#keys));
      // Who sorts by ranks compares a text once, not with each row that has it.
      await connection.run(`CREATE TEMP TABLE ranked_keys AS
        SELECT *, row_number() OVER (ORDER BY measure, part) AS key_rank FROM keys`);
      await connection.run(`CREATE TEMP TABLE sums AS
        SELECT cell, key, sum(delta::BIGINT)::BIGINT AS value FROM facts
        GROUP BY cell, key HAVING sum(delta::BIGINT) <> 0`);
      await connection.run('DROP TABLE facts');
    });
  }

  /** Writes the sums of a view as its table has them; what came to nothing is left out. */
  async write(view: View, path: string): Promise<ParquetFile> {
    const connection = this.#connection;
    const names = view.dimensions.map(({ name }) => identifier(name)).join(', ');
    const columns = cellColumns(view);
    return asQueryError(async () => {
      const spelled = columns.map(({ name, type }) => `${identifier(name)} ${sqlType(type)}`);
      await connection.run(`CREATE OR REPLACE TEMP TABLE cells (${spelled.join(', ')})`);
      await appendRows(connection, 'cells', columns, cellRows(this.#cells, view));
      const layout = { ...viewLayout(view), orderBy: ['cell_rank', 'key_rank'] };
      const query = `SELECT ${names}, measure, part, value, cell_rank, key_rank FROM sums
        JOIN (SELECT *, row_number() OVER (ORDER BY ${names}) AS cell_rank FROM cells) USING (cell)
        JOIN ranked_keys USING (key)`;
      return copyTo(connection, path, layout, query);
    });
  }

  /** The cells of a view, one after the other; what came to nothing is left out. */
  async *cells(view: string): AsyncGenerator<SummedCell> {
    const connection = this.#connection;
    const wanted = new Map<number, readonly string[]>();
    for (const [name, number] of this.#cells.entries()) {
      const { view: of, dimensions } = readCellName(name);
      if (of === view) wanted.set(number, dimensions);
    }
    if (wanted.size === 0) return;
    const keys = Array.from(this.#keys.entries(), ([key]) => key);
    await asQueryError(async () => {
      await connection.run('CREATE OR REPLACE TEMP TABLE wanted (cell INTEGER)');
      await appendRows(connection, 'wanted', [wantedColumn], rowsOf(wanted.keys()));
    });
    // As doubles, which have them exactly, they need no conversion.
    const sorted = await asQueryError(() =>
      connection.stream(`SELECT cell, key, value::DOUBLE FROM sums SEMI JOIN wanted USING (cell)
        ORDER BY cell`),
    );
    let open: { readonly cell: number; readonly keys: [string, number][] } | undefined;
    const cellOf = (cell: number, own: SummedCell['keys']): SummedCell => ({
      dimensions: wanted.get(cell) ?? [],
      keys: own,
    });
    for (;;) {
      const chunk = await asQueryError(() => sorted.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) break;
      const [cells = [], numbers = [], values = []] = chunk.getColumns() as number[][];
      for (const [row, cell] of cells.entries()) {
        if (cell !== open?.cell) {
          if (open !== undefined) yield cellOf(open.cell, open.keys);
          open = { cell, keys: [] };
        }
        open.keys.push([keys[numbers[row] ?? -1] ?? '', values[row] ?? 0]);
      }
    }
    if (open !== undefined) yield cellOf(open.cell, open.keys);
  }

  /** What a key of the cells stands for; each is read once. */
  readonly readKey = (key: string): ReadKey => {
    const read = this.#read.get(key) ?? readKey(key);
    this.#read.set(key, read);
    return read;
  };

  close(): void {
    this.#connection.closeSync();
  }
}

const wantedColumn: Column = { name: 'cell', type: 'integer', id: 1 };

function* rowsOf(numbers: Iterable<number>): Generator<readonly Cell[]> {
  for (const number of numbers) yield [number];
}

function cellColumns(view: View): readonly Column[] {
  const names = ['cell', ...view.dimensions.map(({ name }) => name)];
  return names.map((name, id) => ({ name, type: id === 0 ? 'integer' : 'string', id }));
}

function* cellRows(cells: TextNumbers, view: View): Generator<readonly Cell[]> {
  for (const [name, number] of cells.entries()) {
    const { view: of, dimensions } = readCellName(name);
    if (of === view.name) yield [number, ...dimensions];
  }
}

function* keyRows(keys: TextNumbers): Generator<readonly Cell[]> {
  for (const [key, number] of keys.entries()) yield [number, ...measureOf(key)];
}

/** Measure and part of a key. */
export function measureOf(key: string): readonly [measure: string, part: string] {
  const read = readKey(key);
  switch (read.type) {
    case 'sum':
      return [read.measure, ''];
    case 'bucket':
      return [read.histogram, String(read.bucket)];
    case 'reference':
      return [read.to, read.id];
  }
}
