import type { DuckDBConnection } from '@duckdb/node-api';
import { spansOf } from '@passport/model';

import { ColumnAppender } from './append.ts';

/** Makes a type whose values are some texts, in their order, for as long as the connection lasts. */
export async function makeEnum(
  connection: DuckDBConnection,
  type: string,
  texts: readonly string[],
): Promise<void> {
  const table = 'enum_texts';
  const rows = await ColumnAppender.create(connection, table, [
    { name: 'place', type: 'INTEGER' },
    { name: 'text', type: 'VARCHAR' },
  ]);
  rows.append([Int32Array.from(texts.keys()), spansOf(texts)], 0, texts.length);
  rows.end();
  await connection.run(
    `CREATE TEMP TYPE ${type} AS ENUM (SELECT "text" FROM ${table} ORDER BY place)`,
  );
  await connection.run(`DROP TABLE ${table}`);
}
