import { isUtf8 } from 'node:buffer';

import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import type { TextSpans } from '@passport/model';

import { CHUNK_ROWS } from './chunk-columns.ts';

/** What a word of 32 bits counts. */
const WORD = 2 ** 32;

/**
 * How DuckDB has a text (`duckdb_string_t` of its C API): its length, then all of it where it is short, else its first four
 * bytes and the address of all.
 */
const [WORDS, WORD_BYTES, SHORT_BYTES_MAX] = [4, 4, 12];
const TEXT_BYTES = WORDS * WORD_BYTES;

/** The texts of a chunk as DuckDB has them. The low word comes first, as on all machines that DuckDB and Node are built for. */
const words = new Int32Array(CHUNK_ROWS * WORDS);
const wordBytes = new Uint8Array(words.buffer);

/** Texts one behind the other, on their way to a chunk. */
let joined = Buffer.alloc(256 * 1024);

/**
 * Copies the texts from `from` up to `to` to a column of a chunk, from its first row on; they lie in their order. A call for each takes
 * several times as long: DuckDB is handed all bytes as one text, and then where each lies in that. Throws RangeError
 * where a text is no UTF-8.
 */
export function copyTexts(
  { chunk }: DuckDBDataChunk,
  place: number,
  texts: TextSpans,
  from: number,
  to: number,
): void {
  const bytes = join(texts, from, to);
  const vector = duckdb.data_chunk_get_vector(chunk, place);
  const address = bytes > SHORT_BYTES_MAX ? handOver(vector, bytes) : 0;
  let start = 0;
  for (let text = from; text < to; text += 1) {
    const length = (texts.ends[text] ?? 0) - (texts.starts[text] ?? 0);
    describe(text - from, start, length, address);
    start += length;
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, (to - from) * TEXT_BYTES);
}

/** Has DuckDB copy what is joined, as the text of the first row; answers the address of its copy. */
function handOver(vector: Vector, bytes: number): number {
  duckdb.vector_assign_string_element_len(vector, 0, joined.subarray(0, bytes));
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, TEXT_BYTES);
  const own = new DataView(buffer, byteOffset, TEXT_BYTES);
  // A text that it does not take is null, and its bytes are nowhere.
  if (own.getUint32(0, true) !== bytes) throw new Error('DuckDB has not taken a text');
  return Number(own.getBigUint64(2 * WORD_BYTES, true));
}

/** Joins texts; answers how many bytes they are. */
function join({ bytes, starts, ends }: TextSpans, from: number, to: number): number {
  if (from === to) return 0;
  const first = starts[from] ?? 0;
  // What lies between them comes with them, so that they are moved in one place.
  const all = bytes.subarray(first, ends[to - 1]);
  if (all.length > joined.length) joined = Buffer.alloc(2 * all.length);
  joined.set(all);
  let at = 0;
  let isCut = false;
  for (let text = from; text < to; text += 1) {
    const [start, end] = [starts[text] ?? 0, ends[text] ?? 0];
    // What begins within a character is no text, even where another one ends with the rest of it.
    if (start < end && ((bytes[start] ?? 0) & 0xc0) === 0x80) isCut = true;
    if (start - first !== at) joined.copyWithin(at, start - first, end - first);
    at += end - start;
  }
  if (isCut || !isUtf8(joined.subarray(0, at))) throw new RangeError('a text is no UTF-8');
  return at;
}

/** Writes down a text, of which all bytes are joined from a place on. What is joined lies at that address. */
function describe(place: number, start: number, length: number, address: number): void {
  const word = place * WORDS;
  words[word] = length;
  if (length > SHORT_BYTES_MAX) {
    const own = address + start;
    words[word + 1] = joined.readInt32LE(start);
    words[word + 2] = own % WORD;
    words[word + 3] = own / WORD;
    return;
  }
  words[word + 1] = words[word + 2] = words[word + 3] = 0;
  const to = (word + 1) * WORD_BYTES;
  for (let byte = 0; byte < length; byte += 1) wordBytes[to + byte] = joined[start + byte] ?? 0;
}
