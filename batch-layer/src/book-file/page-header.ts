import { UnknownLayout } from './page-error.ts';

/** What stands before a page of a column (parquet.thrift, PageHeader). */
export type PageHeader = {
  readonly kind: 'data' | 'dictionary';
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly values: number;
  readonly encoding: number;
  /** Where the page itself begins. */
  readonly end: number;
};

/** Page types and fields of parquet.thrift. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_HEADER_FIELD = 5;
const DICTIONARY_HEADER_FIELD = 7;

/** Types of Thrift's compact protocol. */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** Whole numbers of a struct by their field, those of structs in it by `field.field`. */
type Numbers = Map<string, number>;

/** Reads the header of a page. Throws {@link UnknownLayout}. */
export function readPageHeader(bytes: Buffer, start: number): PageHeader {
  const numbers: Numbers = new Map();
  const end = readStruct(bytes, start, numbers, '');
  const type = numbers.get('1');
  if (type !== DATA_PAGE && type !== DICTIONARY_PAGE) {
    throw new UnknownLayout(`a page of type ${type}`);
  }
  const own = type === DATA_PAGE ? DATA_HEADER_FIELD : DICTIONARY_HEADER_FIELD;
  const number = (field: string): number => {
    const found = numbers.get(field);
    if (found === undefined) throw new UnknownLayout(`a page header without field ${field}`);
    return found;
  };
  return {
    kind: type === DATA_PAGE ? 'data' : 'dictionary',
    bytes: number('2'),
    compressedBytes: number('3'),
    values: number(`${own}.1`),
    encoding: number(`${own}.2`),
    end,
  };
}

function readStruct(bytes: Buffer, start: number, numbers: Numbers, prefix: string): number {
  let offset = start;
  let field = 0;
  for (;;) {
    const head = bytes.readUInt8(offset);
    offset += 1;
    const type = head & 0x0f;
    if (type === STOP) return offset;
    if (head >> 4 !== 0) field += head >> 4;
    else {
      const [named, behind] = readVarint(bytes, offset);
      field = unfold(named);
      offset = behind;
    }
    offset = readValue(bytes, offset, type, numbers, `${prefix}${field}`);
  }
}

/** Reads over a value, and keeps it where it is a whole number. */
function readValue(
  bytes: Buffer,
  offset: number,
  type: number,
  numbers: Numbers,
  name: string,
): number {
  if (type === TRUE || type === FALSE) return offset;
  if (type === BYTE) return offset + 1;
  if (type > BYTE && type <= I64) {
    const [value, behind] = readVarint(bytes, offset);
    numbers.set(name, unfold(value));
    return behind;
  }
  if (type === DOUBLE) return offset + 8;
  if (type === BINARY) {
    const [length, behind] = readVarint(bytes, offset);
    return behind + length;
  }
  if (type === STRUCT) return readStruct(bytes, offset, numbers, `${name}.`);
  if (type === LIST || type === SET) return readList(bytes, offset, name);
  throw new UnknownLayout(`a value of Thrift's type ${type}`);
}

function readList(bytes: Buffer, start: number, name: string): number {
  const head = bytes.readUInt8(start);
  const type = head & 0x0f;
  let [length, offset] = [head >> 4, start + 1];
  if (length === 15) [length, offset] = readVarint(bytes, offset);
  for (let index = 0; index < length; index += 1) {
    // Here a boolean has a byte of its own.
    if (type === TRUE || type === FALSE) offset += 1;
    else offset = readValue(bytes, offset, type, new Map(), name);
  }
  return offset;
}

/** A number of seven bits a byte, the lowest first; and where the next value begins. */
export function readVarint(bytes: Buffer, start: number): [value: number, offset: number] {
  let [value, scale, offset] = [0, 1, start];
  for (;;) {
    const byte = bytes.readUInt8(offset);
    offset += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, offset];
    scale *= 128;
  }
}

/** The signed number that a folded one stands for. */
function unfold(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
