import { zstdDecompressSync } from 'node:zlib';

import { readRuns } from './hybrid.ts';
import { UnknownLayout } from './page-error.ts';
import { type PageHeader, readPageHeader } from './page-header.ts';

/** How values lie in a file (parquet.thrift, Type). */
export type PhysicalType = 'INT32' | 'INT64' | 'BYTE_ARRAY';

/** A value: INT64 as a bigint, bytes as text. */
export type PageValue = number | bigint | string | null;

/** Encodings of parquet.thrift. */
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

const LENGTH_BYTES = 4;
/** A page that claims more than this is none that we wrote. */
const PAGE_BYTES_MAX = 1 << 28;

/** The rows of a column chunk that are wanted: from one on, up to another, which is not among them. */
export type RowRange = { readonly from: number; readonly to: number };

/**
 * A column chunk in memory, its pages behind each other, compressed with zstd; every value may be null. Of
 * a page only the rows that are wanted become values. Reads what DuckDB writes. Throws {@link UnknownLayout}.
 */
export function readRows(chunk: Buffer, type: PhysicalType, { from, to }: RowRange): PageValue[] {
  const values: PageValue[] = [];
  let dictionary: Buffer | undefined;
  let first = 0;
  for (let offset = 0; offset < chunk.length && first < to;) {
    const header = readPageHeader(chunk, offset);
    const end = header.end + header.compressedBytes;
    const own = { from: Math.max(0, from - first), to: Math.min(header.values, to - first) };
    if (header.kind === 'dictionary') {
      dictionary = unpack(chunk, header);
    } else {
      if (own.from < own.to) {
        values.push(...pageRows(unpack(chunk, header), header, type, own, dictionary));
      }
      first += header.values;
    }
    offset = end;
  }
  if (values.length !== to - from) throw new UnknownLayout('a column with too few values');
  return values;
}

/** The rows of a column chunk of texts that have just this one, the first being 0. Throws as {@link readRows}. */
export function findRows(chunk: Buffer, text: string): number[] {
  const wanted = Buffer.from(text, 'utf8');
  const rows: number[] = [];
  let code = -1;
  let first = 0;
  for (let offset = 0; offset < chunk.length;) {
    const header = readPageHeader(chunk, offset);
    const page = unpack(chunk, header);
    if (header.kind === 'dictionary') {
      code = placesOf(page, header.values, wanted)[0] ?? -1;
    } else {
      const { before: count } = presence(page, { from: header.values, to: header.values });
      const values = valuesOf(page);
      const places =
        header.encoding === PLAIN
          ? placesOf(values, count, wanted)
          : placesOfCode(values, header.encoding, code, count);
      for (const row of rowsOfPlaces(page, header.values, places)) rows.push(first + row);
      first += header.values;
    }
    offset = header.end + header.compressedBytes;
  }
  return rows;
}

/** Which of so many texts behind each other are a wanted one. */
function placesOf(texts: Buffer, count: number, wanted: Buffer): number[] {
  const places: number[] = [];
  let offset = 0;
  for (let place = 0; place < count && offset < texts.length; place += 1) {
    const start = offset + LENGTH_BYTES;
    offset = start + texts.readUInt32LE(offset);
    if (offset - start === wanted.length && endsWith(texts, offset, wanted)) places.push(place);
  }
  return places;
}

/** Whether bytes that end there are these. Sorted texts mostly differ at their ends. */
function endsWith(bytes: Buffer, end: number, wanted: Buffer): boolean {
  const start = end - wanted.length;
  for (let place = wanted.length - 1; place >= 0; place -= 1) {
    if (bytes[start + place] !== wanted[place]) return false;
  }
  return true;
}

function placesOfCode(values: Buffer, encoding: number, code: number, count: number): number[] {
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) {
    throw new UnknownLayout(`values in encoding ${encoding}`);
  }
  if (code < 0 || count === 0) return [];
  const places: number[] = [];
  const packed = { start: 1, bitWidth: values.readUInt8(0), upTo: count };
  readRuns(values, packed, ({ first, count: length, same, at }) => {
    if (same !== undefined && same !== code) return;
    for (let index = 0; index < length; index += 1) {
      if (at(index) === code) places.push(first + index);
    }
  });
  return places;
}

function unpack(chunk: Buffer, { end, bytes, compressedBytes }: PageHeader): Buffer {
  if (bytes > PAGE_BYTES_MAX) throw new UnknownLayout(`a page of ${bytes} bytes`);
  // Its size is known: one buffer takes all of it.
  const chunkSize = Math.max(64, bytes);
  const page = zstdDecompressSync(chunk.subarray(end, end + compressedBytes), { chunkSize });
  if (page.length !== bytes) throw new UnknownLayout(`a page of ${page.length} bytes`);
  return page;
}

function pageRows(
  page: Buffer,
  { encoding }: PageHeader,
  type: PhysicalType,
  range: RowRange,
  dictionary: Buffer | undefined,
): PageValue[] {
  const { isThere, before, count } = presence(page, range);
  const wanted = { from: before, to: before + count };
  const values = readValues(valuesOf(page), encoding, type, wanted, dictionary);
  if (values.length !== count) throw new UnknownLayout('a page with too few values');
  let next = 0;
  return isThere.map((there) => (there ? (values[next++] ?? null) : null));
}

/** The values of a page, which begins with which of its rows have one. */
function valuesOf(page: Buffer): Buffer {
  return page.subarray(LENGTH_BYTES + page.readUInt32LE(0));
}

/** Which of the rows have a value, how many have one before them, and how many of them. */
function presence(
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
function rowsOfPlaces(page: Buffer, upTo: number, places: readonly number[]): number[] {
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

/** Values behind each other, or the numbers of those of a dictionary. */
function readValues(
  bytes: Buffer,
  encoding: number,
  type: PhysicalType,
  range: RowRange,
  dictionary: Buffer | undefined,
): PageValue[] {
  if (encoding === PLAIN) return plainValues(bytes, type, range);
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) {
    throw new UnknownLayout(`values in encoding ${encoding}`);
  }
  if (dictionary === undefined) throw new UnknownLayout('a page without its dictionary');
  const values: PageValue[] = [];
  if (range.from === range.to) return values;
  const packed = { start: 1, bitWidth: bytes.readUInt8(0), upTo: range.to };
  readRuns(bytes, packed, ({ first, count, at }) => {
    for (let index = Math.max(0, range.from - first); index < count; index += 1) {
      const [value] = plainValues(dictionary, type, { from: at(index), to: at(index) + 1 });
      if (value === undefined) throw new UnknownLayout('a value that no dictionary has');
      values.push(value);
    }
  });
  return values;
}

/** Values behind each other, as many as there are; texts have their length before them. */
function plainValues(bytes: Buffer, type: PhysicalType, { from, to }: RowRange): PageValue[] {
  const values: PageValue[] = [];
  if (type === 'BYTE_ARRAY') {
    let offset = 0;
    for (let index = 0; index < to && offset < bytes.length; index += 1) {
      const start = offset + LENGTH_BYTES;
      offset = start + bytes.readUInt32LE(offset);
      if (index >= from) values.push(bytes.toString('utf8', start, offset));
    }
    return values;
  }
  const size = type === 'INT32' ? 4 : 8;
  const end = Math.min(to * size, bytes.length - size + 1);
  for (let offset = from * size; offset < end; offset += size) {
    values.push(type === 'INT32' ? bytes.readInt32LE(offset) : bytes.readBigInt64LE(offset));
  }
  return values;
}
