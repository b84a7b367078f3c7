import type { AnswerCell, AnswerTable, ColumnType } from '@passport/model';
import {
  Bool,
  type DataType,
  DateDay,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';

import { daysOf, millisOf } from './cell-times.ts';
import { partsOf, type TableFormat } from './table-format.ts';

const DAY_MS = 86_400_000;

type Written = { readonly type: DataType; readonly valueOf: (cell: AnswerCell) => unknown };

const same = (cell: AnswerCell): AnswerCell => cell;

/** How each type of column is in Arrow; days and instants come to its builders as milliseconds. */
const types: Readonly<Record<ColumnType, Written>> = {
  text: { type: new Utf8(), valueOf: same },
  int64: {
    type: new Int64(),
    valueOf: (cell) => (typeof cell === 'number' ? BigInt(cell) : cell),
  },
  double: { type: new Float64(), valueOf: same },
  day: {
    type: new DateDay(),
    valueOf: (cell) => {
      const days = daysOf(cell);
      return days === null ? null : days * DAY_MS;
    },
  },
  instant: { type: new TimestampMillisecond('UTC'), valueOf: millisOf },
  boolean: { type: new Bool(), valueOf: same },
};

/** The streaming format of Arrow IPC: schema, a record batch for each part, end of stream. */
export const arrow: TableFormat = {
  name: 'arrow',
  mediaType: 'application/vnd.apache.arrow.stream',
  *encode(table: AnswerTable) {
    const fields = table.columns.map(({ name, type, unit, means }) => {
      const told = new Map([['means', means], ...(unit === null ? [] : [['unit', unit] as const])]);
      return new Field(name, types[type].type, true, told);
    });
    const schema = new Schema(fields);
    const struct = new Struct(fields);
    const writer = new PartsWriter();
    writer.reset(undefined, schema);
    for (const rows of partsOf(table)) {
      const children = table.columns.map(({ type: columnType }, place) => {
        const { type, valueOf } = types[columnType];
        const values = rows.map((row) => valueOf(row[place] ?? null));
        const [data] = vectorFromArray(values, type).data;
        if (data === undefined) throw new Error('a column of rows has no data');
        return data;
      });
      const data = makeData({ type: struct, length: rows.length, nullCount: 0, children });
      writer.write(new RecordBatch(schema, data));
      yield* writer.take();
    }
    writer.finish();
    yield* writer.take();
  },
};

/** Hands out what it has written, at once: the queue of the writer itself can only be awaited. */
class PartsWriter extends RecordBatchStreamWriter {
  #parts: Uint8Array[] = [];

  take(): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (!this._started || chunk.byteLength === 0) return this;
    const { buffer, byteOffset, byteLength } = chunk;
    this.#parts.push(new Uint8Array(buffer, byteOffset, byteLength));
    // Where the stream is decides how it is padded.
    this._position += byteLength;
    return this;
  }
}
