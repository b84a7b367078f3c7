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
      const all = { from: 0, to: header.values };
      code = plainValues(page, 'BYTE_ARRAY', all).findIndex((value) => value.equals(wanted));
    } else {
      const own = { from: 0, to: header.values };
      const { isThere, count } = presence(page, own);
      const values = page.subarray(LENGTH_BYTES + page.readUInt32LE(0));
      const found = new Set(
        header.encoding === PLAIN
          ? placesOf(plainValues(values, 'BYTE_ARRAY', { from: 0, to: count }), wanted)
          : placesOfCode(values, header.encoding, code, count),
      );
      let place = 0;
      for (const [row, there] of isThere.entries()) {
        if (!there) continue;
        if (found.has(place)) rows.push(first + row);
        place += 1;
      }
      first += header.values;
    }
    offset = header.end + header.compressedBytes;
  }
  return rows;
}

function placesOf(values: readonly Buffer[], wanted: Buffer): number[] {
  return values.flatMap((value, place) => (value.equals(wanted) ? [place] : []));
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
  const start = LENGTH_BYTES + page.readUInt32LE(0);
  const wanted = { from: before, to: before + count };
  const raw = rawValues(page.subarray(start), encoding, type, wanted, dictionary);
  let next = 0;
  return isThere.map((there) => {
    if (!there) return null;
    const value = raw[next];
    next += 1;
    if (value === undefined) throw new UnknownLayout('a page with too few values');
    return valueOf(value, type);
  });
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

function rawValues(
  values: Buffer,
  encoding: number,
  type: PhysicalType,
  range: RowRange,
  dictionary: Buffer | undefined,
): Buffer[] {
  if (encoding === PLAIN) return plainValues(values, type, range);
  if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) {
    throw new UnknownLayout(`values in encoding ${encoding}`);
  }
  if (dictionary === undefined) throw new UnknownLayout('a page without its dictionary');
  const found: Buffer[] = [];
  if (range.from === range.to) return found;
  const packed = { start: 1, bitWidth: values.readUInt8(0), upTo: range.to };
  readRuns(values, packed, ({ first, count, at }) => {
    for (let index = Math.max(0, range.from - first); index < count; index += 1) {
      const [value] = plainValues(dictionary, type, { from: at(index), to: at(index) + 1 });
      if (value === undefined) throw new UnknownLayout('a value that no dictionary has');
      found.push(value);
    }
  });
  return found;
}

/** Values behind each other, as many as there are; texts have their length before them. */
function plainValues(bytes: Buffer, type: PhysicalType, { from, to }: RowRange): Buffer[] {
  const found: Buffer[] = [];
  if (type !== 'BYTE_ARRAY') {
    const size = type === 'INT32' ? 4 : 8;
    for (let index = from; index < to && (index + 1) * size <= bytes.length; index += 1) {
      found.push(bytes.subarray(index * size, (index + 1) * size));
    }
    return found;
  }
  let offset = 0;
  for (let index = 0; index < to && offset < bytes.length; index += 1) {
    const end = offset + LENGTH_BYTES + bytes.readUInt32LE(offset);
    if (index >= from) found.push(bytes.subarray(offset + LENGTH_BYTES, end));
    offset = end;
  }
  return found;
}

function valueOf(raw: Buffer, type: PhysicalType): PageValue {
  if (type === 'BYTE_ARRAY') return raw.toString('utf8');
  return type === 'INT32' ? raw.readInt32LE(0) : raw.readBigInt64LE(0);
}
