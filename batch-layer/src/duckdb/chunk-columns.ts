import { type DuckDBAppender, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb, { type Appender, type LogicalType } from '@duckdb/node-bindings';

/** Rows of a chunk at most: DuckDB's vector. */
export const CHUNK_ROWS = 2048;

/** Numbers of a column, of the type that DuckDB has it in. */
export type Numbers =
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

/** Copies numbers to a column of a chunk, from a row on, as they lie in memory: of the type that the column has. */
export function copyNumbers(
  { chunk }: DuckDBDataChunk,
  place: number,
  numbers: Numbers,
  row: number,
): void {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = numbers;
  const vector = duckdb.data_chunk_get_vector(chunk, place);
  duckdb.copy_data_to_vector(vector, row * BYTES_PER_ELEMENT, buffer, byteOffset, byteLength);
}

/**
 * The types of an appender's columns, the very ones: an ENUM that was made again would be compared with them text by
 * text, for each chunk.
 */
export function typesOf(appender: DuckDBAppender): readonly LogicalType[] {
  // The API has no way to these types but one that makes values of all texts of an ENUM.
  const own = appender['appender'] as Appender;
  return Array.from({ length: appender.columnCount }, (_, place) =>
    duckdb.appender_column_type(own, place),
  );
}

/** An empty chunk of such columns. */
export function chunkOf(types: readonly LogicalType[]): DuckDBDataChunk {
  return new DuckDBDataChunk(duckdb.create_data_chunk(types));
}
