import {
  isOfDictionary,
  LENGTH_BYTES,
  presence,
  type RowRange,
  unpack,
  valuesOf,
} from './column-page.ts';
import { readRuns } from './hybrid.ts';
import { UnknownLayout } from './page-error.ts';
import { type PageHeader, readPageHeader } from './page-header.ts';

/** How values lie in a file (parquet.thrift, Type). */
export type PhysicalType = 'INT32' | 'INT64' | 'BYTE_ARRAY';

/** A value: INT64 as a bigint, bytes as text. */
export type PageValue = number | bigint | string | null;

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

/** Values behind each other, or the numbers of those of a dictionary. */
function readValues(
  bytes: Buffer,
  encoding: number,
  type: PhysicalType,
  range: RowRange,
  dictionary: Buffer | undefined,
): PageValue[] {
  if (!isOfDictionary(encoding)) return plainValues(bytes, type, range);
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
