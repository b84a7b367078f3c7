import duckdb, { type LogicalType } from '@duckdb/node-bindings';
import { spansOf } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { logicalType } from './cells.ts';
import type { CodedTexts } from './coded-texts.ts';
import type { Engine } from './engine.ts';
import { type ColumnValues, rowsOfColumns, type TypedColumn } from './memory-rows.ts';
import { copyTo, type ParquetFile, type ParquetLayout } from './write-parquet.ts';

/** A column in memory: texts, or numbers as the layout's type has them. */
export type CodedColumn = CodedTexts | Numbers;

type Numbers = Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

/**
 * Rows of a row group: it has each of its texts once, however many rows there are. Nobody reads a part of such a file.
 */
const ROW_GROUP_ROWS = 1024 * 1024;

/**
 * Writes rows that are sorted as the layout says, by column in its order, all of one length. DuckDB is handed no
 * value by itself: numbers are copied as they lie in memory, and of texts their codes, by which the file has them. It has all texts
 * of a column, whether there is a row with them or not. Leaves no file when it throws QUERY_FAILED.
 */
export async function writeCoded(
  engine: Engine,
  path: string,
  layout: ParquetLayout,
  columns: readonly CodedColumn[],
): Promise<ParquetFile> {
  const typed = layout.columns.map((column, place) => typedColumn(column, columns[place]));
  const values = typed.map((column) => column.values);
  const sorted = { ...layout, orderBy: [], rowGroupRows: ROW_GROUP_ROWS };
  const rows = rowsOfColumns(typed, values, rowsOf(columns[0]));
  return engine.withConnection((connection) =>
    engine.withRows(connection, rows, (from) =>
      copyTo(connection, path, sorted, `FROM ${from}`, '*'),
    ),
  );
}

/** How a column goes to DuckDB: texts as an ENUM of them, of which each row has a code. */
function typedColumn(
  { name, type }: Column,
  column: CodedColumn | undefined,
): TypedColumn & { readonly values: ColumnValues } {
  if (column === undefined) throw new TypeError(`rows without the column ${name}`);
  if (!('codes' in column)) return { name, type: logicalType(type), values: column };
  const { texts, codes } = column;
  // An ENUM has a text at least, and none with the zero that ends a text of C.
  if (texts.length === 0 || texts.some((text) => text.includes('\0'))) {
    const values = spansOf(Array.from(codes, (code) => texts[code] ?? ''));
    return { name, type: logicalType(type), values };
  }
  const own = duckdb.create_enum_type(texts);
  return { name, type: own, values: codesAs(own, codes) };
}

/** Codes as DuckDB has them in memory: those of few texts take a byte or two. */
function codesAs(type: LogicalType, codes: Int32Array<ArrayBuffer>): ColumnValues {
  const width = duckdb.enum_internal_type(type);
  if (width === duckdb.Type.UTINYINT) return new Uint8Array(codes);
  if (width === duckdb.Type.USMALLINT) return new Uint16Array(codes);
  return new Uint32Array(codes);
}

function rowsOf(column: CodedColumn | undefined): number {
  if (column === undefined) return 0;
  return 'codes' in column ? column.codes.length : column.length;
}
