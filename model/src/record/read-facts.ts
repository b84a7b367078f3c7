import { ByteReader } from './byte-reader.ts';
import type { PackedFacts } from './packed-record.ts';
import { readAll } from './read-all.ts';

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

/** The facts of a record, as {@link PackedFacts}, but for its vids. Their numbers are good until the next record's are read. */
export type FactsInColumns = Pick<PackedFacts, 'blocks' | 'cells' | 'keys'> & {
  readonly factCells: Int32Array;
  readonly factKeys: Int32Array;
  readonly factDeltas: Float64Array;
};

/**
 * The facts of a record, as {@link PackedFacts}, of which only those that are sums are read. Their numbers are good until
 * the next record's are read.
 */
export type PackedSums = Pick<PackedFacts, 'blocks' | 'cells' | 'vids'> & {
  /** By number; undefined of a key that is no sum's. */
  readonly keys: readonly (string | undefined)[];
  readonly factCells: Int32Array;
  readonly factKeys: Int32Array;
  /** 0 of a fact that is no sum. */
  readonly factDeltas: Float64Array;
};

/**
 * Reads facts in binary Avro (specification 1.12, "Binary Encoding") as factsSchema has them. Of five facts of a fleet one is
 * a sum: nothing is made of the others. Throws PassportError `RECORD_UNREADABLE`.
 */
export function readSums(bytes: Uint8Array): PackedSums {
  return readAll(bytes, (reader) => {
    const texts = readTexts(reader, bytes, () => readSumKey(reader, bytes));
    const { factCells, factKeys, deltas } = readPlaces(reader, bytes, texts.blocks);
    const isSum = (fact: number): boolean => texts.keys[factKeys[fact] ?? -1] !== undefined;
    const factDeltas = readNumbers(reader, deltas, isSum);
    const vids = readArray(reader, () => reader.text());
    return { ...texts, factCells, factKeys, factDeltas, vids };
  });
}

/** As {@link readSums}, all facts. */
export function readFacts(bytes: Uint8Array): FactsInColumns {
  return readAll(bytes, (reader) => {
    const texts = readTexts(reader, bytes, () => reader.text());
    const { factCells, factKeys, deltas } = readPlaces(reader, bytes, texts.blocks);
    const factDeltas = readNumbers(reader, deltas);
    readArray(reader, () => reader.skip(reader.whole()));
    return { ...texts, factCells, factKeys, factDeltas };
  });
}

function readTexts<Key>(reader: ByteReader, bytes: Uint8Array, readKey: () => Key) {
  const blocks = readArray(reader, () => readBlock(reader, bytes));
  const cells = readArray(reader, () => reader.text());
  return { blocks, cells, keys: readArray(reader, readKey) };
}

/** Of which cell and key facts are, and room for what they add. */
function readPlaces(reader: ByteReader, bytes: Uint8Array, blocks: PackedFacts['blocks']) {
  const count = blocks.reduce((sum, { facts }) => sum + facts, 0);
  // A fact takes three bytes at least: what a record says of itself is not believed before.
  if (count * 3 > bytes.length) throw new RangeError('it has fewer facts than its blocks say');
  if (count > room.deltas.length) room = newRoom(2 * count);
  return {
    factCells: readNumbers(reader, room.cells.subarray(0, count)),
    factKeys: readNumbers(reader, room.keys.subarray(0, count)),
    deltas: room.deltas.subarray(0, count),
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

/** An array of so many whole numbers; of those that are not wanted, none is read. */
function readNumbers<A extends Int32Array | Float64Array>(
  reader: ByteReader,
  into: A,
  isWanted?: (place: number) => boolean,
): A {
  let place = 0;
  for (let count = reader.items(); count !== 0; count = reader.items()) {
    for (let item = count; item > 0; item -= 1) {
      if (isWanted === undefined || isWanted(place)) into[place] = reader.whole();
      else {
        reader.skipWhole();
        into[place] = 0;
      }
      place += 1;
    }
  }
  if (place !== into.length) throw new RangeError(`${into.length} facts, and ${place} numbers`);
  return into;
}
