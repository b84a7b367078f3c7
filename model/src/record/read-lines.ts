import type { LogRow } from '../fold/log-row.ts';
import type { ByteReader } from './byte-reader.ts';
import { readAll } from './read-all.ts';

/** Stands for no number in columns of lines, as no line has it. */
export const NO_NUMBER = -(2 ** 31);

/** Lines of a record by column, in the order of the ledger. Their numbers are good until the next record's are read. */
export type LineColumns = {
  readonly count: number;
  readonly block: Float64Array<ArrayBuffer>;
  readonly tx: Int32Array<ArrayBuffer>;
  readonly index: Int32Array<ArrayBuffer>;
  readonly vid: readonly string[];
  readonly kind: readonly string[];
  readonly at: readonly string[];
  readonly recordedAtMs: Float64Array<ArrayBuffer>;
  /** Null of what members and owners do. */
  readonly source: readonly (string | null)[];
  /** {@link NO_NUMBER} without a source. */
  readonly entry: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} without a source. */
  readonly place: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} where there is none. */
  readonly odometerKm: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} where there is none. */
  readonly quality: Int32Array<ArrayBuffer>;
  readonly detail: readonly string[];
};

const newRoom = (lines: number) => ({
  block: new Float64Array(lines),
  tx: new Int32Array(lines),
  index: new Int32Array(lines),
  recordedAtMs: new Float64Array(lines),
  entry: new Int32Array(lines),
  place: new Int32Array(lines),
  odometerKm: new Int32Array(lines),
  quality: new Int32Array(lines),
});

/** Numbers are read into the same arrays each time, as those of facts are. */
let room = newRoom(1_024);

/** A line takes a byte for each of its fields at least. */
const LINE_BYTES_MIN = 13;

/**
 * Reads lines in binary Avro (specification 1.12, "Binary Encoding") as linesSchema has them. Where a line's text is that
 * of the line before, it is the very same: most are. Throws PassportError `RECORD_UNREADABLE`.
 */
export function readLines(bytes: Buffer): LineColumns {
  return readAll(bytes, (reader) => {
    const texts = {
      vid: new RepeatedTexts(reader, bytes),
      kind: new RepeatedTexts(reader, bytes),
      at: new RepeatedTexts(reader, bytes),
      source: new RepeatedTexts(reader, bytes),
    };
    const sources: (string | null)[] = [];
    const details: string[] = [];
    let count = 0;
    for (let items = reader.items(); items !== 0; items = reader.items()) {
      // What a record says of itself is not believed before.
      if (items * LINE_BYTES_MIN > bytes.length) throw new RangeError('it has fewer lines');
      makeRoom(count + items);
      for (const end = count + items; count < end; count += 1) {
        room.block[count] = reader.whole();
        room.tx[count] = reader.whole();
        room.index[count] = reader.whole();
        texts.vid.read();
        texts.kind.read();
        texts.at.read();
        room.recordedAtMs[count] = reader.whole();
        const source = isThere(reader) ? texts.source.next() : null;
        sources.push(source);
        const [entry, place] = [reader.whole(), reader.whole()];
        room.entry[count] = source === null ? NO_NUMBER : entry;
        room.place[count] = source === null ? NO_NUMBER : place;
        room.odometerKm[count] = isThere(reader) ? reader.whole() : NO_NUMBER;
        room.quality[count] = isThere(reader) ? reader.whole() : NO_NUMBER;
        details.push(reader.text());
      }
    }
    return {
      ...{ count, ...room, source: sources, detail: details },
      ...{ vid: texts.vid.all, kind: texts.kind.all, at: texts.at.all },
    };
  });
}

/** A line as a row. */
export function rowAt(lines: LineColumns, line: number): LogRow {
  const source = lines.source[line] ?? null;
  const [entry, index] = [lines.entry[line], lines.place[line]];
  const numberOf = (column: Int32Array): number | null => {
    const number = column[line] ?? NO_NUMBER;
    return number === NO_NUMBER ? null : number;
  };
  const row = {
    ...{ block: lines.block[line], tx: lines.tx[line], index: lines.index[line] },
    ...{ vid: lines.vid[line], kind: lines.kind[line], at: lines.at[line] },
    recordedAtMs: lines.recordedAtMs[line],
    place: source === null ? null : { source, entry, index },
    ...{ odometerKm: numberOf(lines.odometerKm), quality: numberOf(lines.quality) },
    detail: lines.detail[line],
  };
  // What was written was checked before: by the chaincode, then by the listener.
  return row as LogRow;
}

/** Which branch of a union with null comes. */
function isThere(reader: ByteReader): boolean {
  return reader.whole() !== 0;
}

function makeRoom(lines: number): void {
  if (lines <= room.tx.length) return;
  const before = room;
  room = newRoom(2 * lines);
  room.block.set(before.block);
  room.tx.set(before.tx);
  room.index.set(before.index);
  room.recordedAtMs.set(before.recordedAtMs);
  room.entry.set(before.entry);
  room.place.set(before.place);
  room.odometerKm.set(before.odometerKm);
  room.quality.set(before.quality);
}

/** Texts that mostly are the one before: then they are not made again. */
class RepeatedTexts {
  readonly all: string[] = [];
  readonly #reader: ByteReader;
  readonly #bytes: Buffer;
  #start = 0;
  #length = -1;
  #last = '';

  constructor(reader: ByteReader, bytes: Buffer) {
    this.#reader = reader;
    this.#bytes = bytes;
  }

  read(): void {
    this.all.push(this.next());
  }

  next(): string {
    const length = this.#reader.whole();
    const start = this.#reader.offset;
    this.#reader.skip(length);
    if (length === this.#length && this.#isAsBefore(start)) return this.#last;
    this.#start = start;
    this.#length = length;
    this.#last = this.#bytes.toString('utf8', start, start + length);
    return this.#last;
  }

  #isAsBefore(start: number): boolean {
    const bytes = this.#bytes;
    // Ids differ in their first bytes.
    for (let place = 0; place < this.#length; place += 1) {
      if (bytes[start + place] !== bytes[this.#start + place]) return false;
    }
    return true;
  }
}
