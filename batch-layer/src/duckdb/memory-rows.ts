import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { LogicalType } from '@duckdb/node-bindings';
import type { TextSpans } from '@passport/model';

import { CHUNK_ROWS, copyNumbers, type Numbers } from './chunk-columns.ts';
import { copyTexts } from './chunk-texts.ts';

/** A column of rows in memory: a type of DuckDB, which may be an ENUM that no SQL spells. */
export type TypedColumn = { readonly name: string; readonly type: LogicalType };

/** Values of a column: numbers as DuckDB has them, or texts. */
export type ColumnValues = Numbers | TextSpans;

/** Rows that a query of DuckDB reads where they lie in memory: see MemoryTables. */
export type MemoryRows = {
  readonly columns: readonly TypedColumn[];
  readonly count: number;
  /** Copies rows to an empty chunk, from a multiple of {@link CHUNK_ROWS} on, as many as it takes. Answers how many. */
  readonly copy: (chunk: DuckDBDataChunk, from: number) => number;
};

/** Rows of columns that are there, all of one length. */
export function rowsOfColumns(
  columns: readonly TypedColumn[],
  values: readonly ColumnValues[],
  count: number,
): MemoryRows {
  const copy = (chunk: DuckDBDataChunk, from: number): number => {
    const to = Math.min(count, from + CHUNK_ROWS);
    for (const [place, column] of values.entries()) copyValues(chunk, place, column, from, to);
    return to - from;
  };
  return { columns, count, copy };
}

/** Copies values to a column of a chunk, from its first row on. */
export function copyValues(
  chunk: DuckDBDataChunk,
  place: number,
  values: ColumnValues,
  from: number,
  to: number,
): void {
  if ('starts' in values) copyTexts(chunk, place, values, from, to);
  else copyNumbers(chunk, place, values.subarray(from, to));
}
