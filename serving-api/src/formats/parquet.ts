import type { AnswerCell, AnswerTable, ColumnType } from '@passport/model';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';

import { daysOf, millisOf } from './cell-times.ts';
import { partsOf, type TableFormat } from './table-format.ts';

type Written = {
  readonly element: Omit<SchemaElement, 'name'>;
  readonly valueOf: (cell: AnswerCell) => unknown;
};

const same = (cell: AnswerCell): AnswerCell => cell;

/** How each type of column is in Parquet. */
const types: Readonly<Record<ColumnType, Written>> = {
  text: { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, valueOf: same },
  int64: {
    element: { type: 'INT64' },
    valueOf: (cell) => (typeof cell === 'number' ? BigInt(cell) : cell),
  },
  double: { element: { type: 'DOUBLE' }, valueOf: same },
  day: { element: { type: 'INT32', converted_type: 'DATE' }, valueOf: daysOf },
  instant: {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    valueOf: (cell) => {
      const millis = millisOf(cell);
      return millis === null ? null : BigInt(millis);
    },
  },
  boolean: { element: { type: 'BOOLEAN' }, valueOf: same },
};

/** Parquet with Snappy, a row group for each part; every column may be null. */
export const parquet: TableFormat = {
  name: 'parquet',
  mediaType: 'application/vnd.apache.parquet',
  *encode(table: AnswerTable) {
    const { columns } = table;
    const elements = columns.map(({ name, type }): SchemaElement => ({
      ...{ name, repetition_type: 'OPTIONAL' },
      ...types[type].element,
    }));
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({
      writer: bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...elements],
    });
    for (const rows of partsOf(table)) {
      const columnData = columns.map(({ name, type }, place) => ({
        name,
        data: rows.map((row) => types[type].valueOf(row[place] ?? null)),
      }));
      // Bytes in memory are written at once: there is nothing to wait for.
      void writer.write({ columnData, rowGroupSize: rows.length });
      yield taken(bytes);
    }
    void writer.finish();
    yield taken(bytes);
  },
};

/** What was written since; places in the file go on being counted from its start. */
function taken(bytes: ByteWriter): Uint8Array {
  const part = bytes.getBytes().slice();
  bytes.index = 0;
  return part;
}
