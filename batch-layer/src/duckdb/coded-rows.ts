import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb, { type LogicalType } from '@duckdb/node-bindings';

import { RowAppender } from './append.ts';
import { CHUNK_ROWS, chunkOf, copyNumbers, typesOf } from './chunk-columns.ts';
import type { CodedTexts } from './coded-texts.ts';
import { sqlType } from './column-types.ts';
import type { Engine } from './engine.ts';
import { identifier } from './sql.ts';
import { copyTo, type ParquetFile, type ParquetLayout } from './write-parquet.ts';

/** A column in memory: texts, or numbers as the layout's type has them. */
export type ColumnValues = CodedTexts | Numbers;

type Numbers = Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

type Codes = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * Writes rows that are sorted as the layout says, by column in its order, all of one length. DuckDB is handed no
 * value by itself: numbers are copied as they lie in memory, and of texts their codes. Resolves when it has them:
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
    for (const [place, { name, type }] of layout.columns.entries()) {
      const column = columns[place];
      if (column === undefined) throw new TypeError(`rows without the column ${name}`);
      const isCoded = 'codes' in column && column.texts.length > 0;
      const own = isCoded ? await enumOf(connection, place, column.texts) : sqlType(type);
      spelled.push(`${identifier(name)} ${own}`);
    }
    await connection.run(`CREATE TEMP TABLE coded (${spelled.join(', ')})`);
    await fill(connection, columns);
    const file = copyTo(connection, path, { ...layout, orderBy: [] }, 'FROM coded');
    filled.resolve();
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

/** Makes a type of a connection's own whose values are some texts, in their order; answers its name. */
async function enumOf(
  connection: DuckDBConnection,
  place: number,
  texts: readonly string[],
): Promise<string> {
  const name = `texts_${place}`;
  const rows = await RowAppender.create<number>(connection, name, [
    { name: 'place', type: 'INTEGER', read: (text) => text },
    { name: 'text', type: 'VARCHAR', read: (text) => texts[text] ?? '' },
  ]);
  rows.append(Array.from(texts.keys()));
  rows.end();
  await connection.run(
    `CREATE TEMP TYPE type_${place} AS ENUM (SELECT "text" FROM ${name} ORDER BY place)`,
  );
  return `type_${place}`;
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
