import { zstdDecompressSync } from 'node:zlib';

import { readRuns } from './hybrid.ts';
import { UnknownLayout } from './page-error.ts';
import type { PageHeader } from './page-header.ts';

/** Encodings of parquet.thrift. */
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

/** A length stands before a text, and before the levels of a page. */
export const LENGTH_BYTES = 4;
/** A page that claims more than this is none that we wrote. */
const PAGE_BYTES_MAX = 1 << 28;

/** Rows of a column chunk: from one on, up to another, which is not among them. */
export type RowRange = { readonly from: number; readonly to: number };

/** Unpacks a page of a column chunk. Throws {@link UnknownLayout}. */
export function unpack(chunk: Buffer, { end, bytes, compressedBytes }: PageHeader): Buffer {
  if (bytes > PAGE_BYTES_MAX) throw new UnknownLayout(`a page of ${bytes} bytes`);
  // Its size is known: one buffer takes all of it.
  const chunkSize = Math.max(64, bytes);
  const page = zstdDecompressSync(chunk.subarray(end, end + compressedBytes), { chunkSize });
  if (page.length !== bytes) throw new UnknownLayout(`a page of ${page.length} bytes`);
  return page;
}

/** Whether values are numbers of those of a dictionary. Throws {@link UnknownLayout} where they are neither that nor plain. */
export function isOfDictionary(encoding: number): boolean {
  if (encoding === PLAIN) return false;
  if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) return true;
  throw new UnknownLayout(`values in encoding ${encoding}`);
}

/** The values of a page, which begins with which of its rows have one. */
export function valuesOf(page: Buffer): Buffer {
  return page.subarray(LENGTH_BYTES + page.readUInt32LE(0));
}

/** Which of the rows have a value, how many have one before them, and how many of them. */
export function presence(
  page: Buffer,
  { from, to }: RowRange,
): { readonly isThere: readonly boolean[]; readonly before: number; readonly count: number } {
  const isThere: boolean[] = [];
  let before = 0;
  readRuns(page, { start: LENGTH_BYTES, bitWidth: 1, upTo: to }, ({ first, count, same, at }) => {
    // Mostly all have one: then there is one run, and nothing to look at before `from`.
    const skipped = same === undefined ? 0 : Math.min(count, Math.max(0, from - first));
    before += skipped * (same ?? 0);
    for (let index = skipped; index < count; index += 1) {
      const there = at(index) === 1;
      if (first + index >= from) isThere.push(there);
      else if (there) before += 1;
    }
  });
  return { isThere, before, count: isThere.filter(Boolean).length };
}

/** Of a page of so many rows, those that have the values at some places among all that are there, in their order. */
export function rowsOfPlaces(page: Buffer, upTo: number, places: readonly number[]): number[] {
  const rows: number[] = [];
  let place = 0;
  readRuns(page, { start: LENGTH_BYTES, bitWidth: 1, upTo }, ({ first, count, same, at }) => {
    if (same === 0) return;
    for (let index = 0; index < count; index += 1) {
      if (at(index) === 0) continue;
      if (places[rows.length] === place) rows.push(first + index);
      place += 1;
    }
  });
  return rows;
}
