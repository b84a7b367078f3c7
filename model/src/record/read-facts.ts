import { ByteReader } from './byte-reader.ts';
import type { PackedFacts } from './packed-record.ts';
import { readAll } from './read-all.ts';
import { SpanRoom, type TextSpans } from './text-spans.ts';

/** SHA-256. */
const HASH_BYTES = 32;

/** Marks of keys that are no sums, as bytes. */
const [BUCKET, REFERENCE] = ['#'.charCodeAt(0), '@'.charCodeAt(0)];

const newRoom = (facts: number) => ({
  cells: new Int32Array(facts),
  keys: new Int32Array(facts),
  deltas: new Float64Array(facts),
});

/** Numbers are read into the same arrays each time: memory beside the heap costs more to get than to use. */
let room = newRoom(4_096);

const [cellRoom, keyRoom, vidRoom] = [new SpanRoom(), new SpanRoom(), new SpanRoom()];

/**
 * The facts of a record, as {@link PackedFacts}, but for its vids. Its numbers and spans are good until the next record's are
 * read.
 */
export type FactsInColumns = Pick<PackedFacts, 'blocks'> & {
  readonly cells: TextSpans;
  readonly keys: TextSpans;
  readonly factCells: Int32Array;
  readonly factKeys: Int32Array;
  readonly factDeltas: Float64Array;
};

/**
 * The facts of a record, as {@link PackedFacts}, of which only the keys of sums are read. Its numbers and spans are good
 * until the next record's are read.
 */
export type PackedSums = Pick<PackedFacts, 'blocks'> & {
  readonly cells: TextSpans;
  readonly vids: TextSpans;
  /** By number; undefined of a key that is no sum's. */
  readonly keys: readonly (string | undefined)[];
  readonly factCells: Int32Array;
  readonly factKeys: Int32Array;
  readonly factDeltas: Float64Array;
};

/**
 * Reads facts in binary Avro (specification 1.12, "Binary Encoding") as factsSchema has them. Of five facts of a fleet one is
 * a sum: nothing is made of the others. Throws PassportError `RECORD_UNREADABLE`.
 */
export function readSums(bytes: Uint8Array): PackedSums {
  return readAll(bytes, (reader) => {
    const blocks = readArray(reader, () => readBlock(reader, bytes));
    const cells = readSpans(reader, bytes, cellRoom);
    const keys = readArray(reader, () => readSumKey(reader, bytes));
    const numbers = readFactNumbers(reader, bytes, blocks);
    const vids = readSpans(reader, bytes, vidRoom);
    return { blocks, cells, keys, ...numbers, vids };
  });
}

/** As {@link readSums}, all facts, their keys as bytes, too. */
export function readFacts(bytes: Uint8Array): FactsInColumns {
  return readAll(bytes, (reader) => {
    const blocks = readArray(reader, () => readBlock(reader, bytes));
    const cells = readSpans(reader, bytes, cellRoom);
    const keys = readSpans(reader, bytes, keyRoom);
    const numbers = readFactNumbers(reader, bytes, blocks);
    skipTexts(reader);
    return { blocks, cells, keys, ...numbers };
  });
}

/** Of which cell and key facts are, and what they add. */
function readFactNumbers(reader: ByteReader, bytes: Uint8Array, blocks: PackedFacts['blocks']) {
  const count = blocks.reduce((sum, { facts }) => sum + facts, 0);
  // A fact takes three bytes at least: what a record says of itself is not believed before.
  if (count * 3 > bytes.length) throw new RangeError('it has fewer facts than its blocks say');
  if (count > room.deltas.length) room = newRoom(2 * count);
  return {
    factCells: readNumbers(reader, room.cells.subarray(0, count)),
    factKeys: readNumbers(reader, room.keys.subarray(0, count)),
    factDeltas: readNumbers(reader, room.deltas.subarray(0, count)),
  };
}

function readBlock(reader: ByteReader, bytes: Uint8Array): PackedFacts['blocks'][number] {
  const number = reader.whole();
  const start = reader.offset;
  reader.skip(HASH_BYTES);
  // A copy: the block is kept, and is not to keep all of the record.
  const hash = Buffer.from(bytes.subarray(start, reader.offset));
  const [ledgerTimeMs, facts, rows] = [reader.whole(), reader.whole(), reader.whole()];
  return { number, hash, ledgerTimeMs, facts, rows };
}

/** As isSumKey tells: the first mark makes it something else. No text is made of that. */
function readSumKey(reader: ByteReader, bytes: Uint8Array): string | undefined {
  const start = reader.offset;
  const length = reader.whole();
  const from = reader.offset;
  reader.skip(length);
  for (let place = from; place < reader.offset; place += 1) {
    if (bytes[place] === BUCKET || bytes[place] === REFERENCE) return undefined;
  }
  return new ByteReader(bytes.subarray(start, reader.offset)).text();
}

function readArray<T>(reader: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let count = reader.items(); count !== 0; count = reader.items()) {
    for (let item = count; item > 0; item -= 1) items.push(read());
  }
  return items;
}

/** Reads over texts that are not wanted: what follows them, or that nothing does, is looked at all the same. */
function skipTexts(reader: ByteReader): void {
  for (let count = reader.items(); count !== 0; count = reader.items()) {
    for (let item = count; item > 0; item -= 1) reader.skip(reader.whole());
  }
}

function readSpans(reader: ByteReader, bytes: Uint8Array, into: SpanRoom): TextSpans {
  into.clear();
  for (let count = reader.items(); count !== 0; count = reader.items()) {
    for (let item = count; item > 0; item -= 1) into.read(reader);
  }
  return into.spans(bytes);
}

/** An array of so many whole numbers. */
function readNumbers<A extends Int32Array | Float64Array>(reader: ByteReader, into: A): A {
  let place = 0;
  for (let items = reader.items(); items !== 0; items = reader.items()) {
    if (place + items > into.length) throw new RangeError(`more numbers than ${into.length} facts`);
    reader.wholes(items, into, place);
    place += items;
  }
  if (place !== into.length) throw new RangeError(`${into.length} facts, and ${place} numbers`);
  return into;
}
