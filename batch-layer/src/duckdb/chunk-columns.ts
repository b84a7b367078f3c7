import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** Rows of a chunk at most: DuckDB's vector. */
export const CHUNK_ROWS = 2048;

/** Copies numbers to a column of a chunk, from its first row on, as they lie in memory: of the type that the column has. */
export function copyNumbers(
  { chunk }: DuckDBDataChunk,
  place: number,
  { buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk, place);
  duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
}
