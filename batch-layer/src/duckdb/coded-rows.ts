import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb, { type LogicalType } from '@duckdb/node-bindings';

import { CHUNK_ROWS, chunkOf, copyNumbers, typesOf } from './chunk-columns.ts';
import type { CodedTexts } from './coded-texts.ts';
import { sqlType } from './column-types.ts';
import type { Engine } from './engine.ts';
import { makeEnum } from './make-enum.ts';
import { identifier } from './sql.ts';
import { copyTo, type ParquetFile, type ParquetLayout } from './write-parquet.ts';

/** A column in memory: texts, or numbers as the layout's type has them. */
export type ColumnValues = CodedTexts | Numbers;

type Numbers = Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

type Codes = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * Rows of a row group: it has each of its texts once, however many rows there are. Nobody reads a part of such a file.
 */
const ROW_GROUP_ROWS = 1024 * 1024;

/**
 * Writes rows that are sorted as the layout says, by column in its order, all of one length. DuckDB is handed no
 * value by itself: numbers are copied as they lie in memory, and of texts their codes, by which the file has them. It has all texts
 * of a column, whether there is a row with them or not. Resolves when it has them:
 * `written` then says when the file is complete. Leaves no file when that throws QUERY_FAILED.
 */
export async function beginCoded(
  engine: Engine,
  path: string,
  layout: ParquetLayout,
  columns: readonly ColumnValues[],
): Promise<{ readonly written: Promise<ParquetFile> }> {
  const filled = Promise.withResolvers<void>();
  const written = engine.withConnection(async (connection) => {
    const spelled: string[] = [];
    const types: string[] = [];
    for (const [place, { name, type }] of layout.columns.entries()) {
      const column = columns[place];
      if (column === undefined) throw new TypeError(`rows without the column ${name}`);
      const texts = 'codes' in column ? column.texts : [];
      const ownType = `type_${place}`;
      if (texts.length > 0) {
        await makeEnum(connection, ownType, texts);
        types.push(ownType);
      }
      spelled.push(`${identifier(name)} ${texts.length > 0 ? ownType : sqlType(type)}`);
    }
    await connection.run(`CREATE TEMP TABLE coded (${spelled.join(', ')})`);
    await fill(connection, columns);
    const sorted = { ...layout, orderBy: [], rowGroupRows: ROW_GROUP_ROWS };
    const copied = copyTo(connection, path, sorted, 'FROM coded', '*');
    filled.resolve();
    const file = await copied;
    // The connection's end would free them on this thread.
    await connection.run('DROP TABLE coded');
    for (const type of types) await connection.run(`DROP TYPE ${type}`);
    return file;
  });
  await Promise.race([filled.promise, written]);
  // It is waited for later, and fails there.
  written.catch(() => undefined);
  return { written };
}

/** As {@link beginCoded}; resolves when the file is complete. */
export async function writeCoded(
  engine: Engine,
  path: string,
  layout: ParquetLayout,
  columns: readonly ColumnValues[],
): Promise<ParquetFile> {
  const { written } = await beginCoded(engine, path, layout, columns);
  return written;
}

async function fill(connection: DuckDBConnection, columns: readonly ColumnValues[]): Promise<void> {
  const appender = await connection.createAppender('coded', 'main', 'temp');
  const types = typesOf(appender);
  const values = columns.map((column, place) => valuesOf(column, types[place]));
  const rows = values[0]?.length ?? 0;
  const chunk = chunkOf(types);
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, rows);
    chunk.reset();
    chunk.rowCount = end - start;
    for (const [place, all] of values.entries()) {
      copyNumbers(chunk, place, all.subarray(start, end));
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** A column as DuckDB has it in memory: the codes of few texts take a byte or two. */
function valuesOf(column: ColumnValues, type: LogicalType | undefined): Codes | Numbers {
  if (!('codes' in column)) return column;
  // There are no codes where there are no texts.
  if (type === undefined || column.texts.length === 0) return new Uint8Array();
  const width = duckdb.enum_internal_type(type);
  if (width === duckdb.Type.UTINYINT) return new Uint8Array(column.codes);
  if (width === duckdb.Type.USMALLINT) return new Uint16Array(column.codes);
  return new Uint32Array(column.codes);
}
