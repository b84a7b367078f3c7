import type { LogRow } from '../fold/log-row.ts';
import type { ByteReader } from './byte-reader.ts';
import { readAll } from './read-all.ts';
import { SpanRoom, textAt, type TextSpans } from './text-spans.ts';

/** Stands for no number in columns of lines, as no line has it. */
export const NO_NUMBER = -(2 ** 31);

/**
 * Lines of a record by column, in the order of the ledger; good until the next record's are read. Where a text is that of the
 * line before, it lies where that does: most do.
 */
export type LineColumns = {
  readonly count: number;
  readonly block: Float64Array<ArrayBuffer>;
  readonly tx: Int32Array<ArrayBuffer>;
  readonly index: Int32Array<ArrayBuffer>;
  readonly vid: TextSpans;
  readonly kind: TextSpans;
  readonly at: TextSpans;
  readonly recordedAtMs: Float64Array<ArrayBuffer>;
  /** Of what members and owners do there is none: it is empty, and `entry` {@link NO_NUMBER}. */
  readonly source: TextSpans;
  readonly entry: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} without a source. */
  readonly place: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} where there is none. */
  readonly odometerKm: Int32Array<ArrayBuffer>;
  /** {@link NO_NUMBER} where there is none. */
  readonly quality: Int32Array<ArrayBuffer>;
  /** JSON. */
  readonly detail: TextSpans;
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

const texts = {
  vid: new SpanRoom(),
  kind: new SpanRoom(),
  at: new SpanRoom(),
  source: new SpanRoom(),
  detail: new SpanRoom(),
};

/** A line takes a byte for each of its fields at least. */
const LINE_BYTES_MIN = 13;

/**
 * Reads lines in binary Avro (specification 1.12, "Binary Encoding") as linesSchema has them. Throws PassportError
 * `RECORD_UNREADABLE`.
 */
export function readLines(bytes: Buffer): LineColumns {
  return readAll(bytes, (reader) => {
    for (const own of Object.values(texts)) own.clear();
    let count = 0;
    for (let items = reader.items(); items !== 0; items = reader.items()) {
      // What a record says of itself is not believed before.
      if (items * LINE_BYTES_MIN > bytes.length) throw new RangeError('it has fewer lines');
      makeRoom(count + items);
      for (const end = count + items; count < end; count += 1) readLine(reader, bytes, count);
    }
    return {
      ...{ count, ...room, source: texts.source.spans(bytes), detail: texts.detail.spans(bytes) },
      ...{ vid: texts.vid.spans(bytes), kind: texts.kind.spans(bytes), at: texts.at.spans(bytes) },
    };
  });
}

function readLine(reader: ByteReader, bytes: Buffer, line: number): void {
  room.block[line] = reader.whole();
  room.tx[line] = reader.whole();
  room.index[line] = reader.whole();
  texts.vid.readRepeated(reader, bytes);
  texts.kind.readRepeated(reader, bytes);
  texts.at.readRepeated(reader, bytes);
  room.recordedAtMs[line] = reader.whole();
  const hasSource = isThere(reader);
  if (hasSource) texts.source.readRepeated(reader, bytes);
  else texts.source.skip();
  const [entry, place] = [reader.whole(), reader.whole()];
  room.entry[line] = hasSource ? entry : NO_NUMBER;
  room.place[line] = hasSource ? place : NO_NUMBER;
  room.odometerKm[line] = isThere(reader) ? reader.whole() : NO_NUMBER;
  room.quality[line] = isThere(reader) ? reader.whole() : NO_NUMBER;
  texts.detail.read(reader);
}

/** A line as a row. */
export function rowAt(lines: LineColumns, line: number): LogRow {
  const numberOf = (column: Int32Array): number | null => {
    const number = column[line] ?? NO_NUMBER;
    return number === NO_NUMBER ? null : number;
  };
  const entry = numberOf(lines.entry);
  const row = {
    ...{ block: lines.block[line], tx: lines.tx[line], index: lines.index[line] },
    ...{ vid: textAt(lines.vid, line), kind: textAt(lines.kind, line) },
    ...{ at: textAt(lines.at, line), recordedAtMs: lines.recordedAtMs[line] },
    place:
      entry === null
        ? null
        : { source: textAt(lines.source, line), entry, index: lines.place[line] },
    ...{ odometerKm: numberOf(lines.odometerKm), quality: numberOf(lines.quality) },
    detail: textAt(lines.detail, line),
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
