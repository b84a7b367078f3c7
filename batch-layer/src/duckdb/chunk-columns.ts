import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

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

/** Copies numbers to a column of a chunk, from its first row on, as they lie in memory: of the type that the column has. */
export function copyNumbers({ chunk }: DuckDBDataChunk, place: number, numbers: Numbers): void {
  const { buffer, byteOffset, byteLength } = numbers;
  const vector = duckdb.data_chunk_get_vector(chunk, place);
  duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
}
