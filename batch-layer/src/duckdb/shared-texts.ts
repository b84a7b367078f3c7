import { randomUUID } from 'node:crypto';

import type { DuckDBConnection } from '@duckdb/node-api';

import { ColumnAppender } from './append.ts';
import type { Engine } from './engine.ts';
import { identifier } from './sql.ts';

/** Texts that columns of several files have, handed to DuckDB once. */
export class SharedTexts {
  readonly texts: readonly string[];
  /** The type of columns of these texts: no name where there are none. */
  readonly type: string;
  readonly #engine: Engine;

  private constructor(engine: Engine, texts: readonly string[], type: string) {
    this.#engine = engine;
    this.texts = texts;
    this.type = type;
  }

  /** Throws QUERY_FAILED. */
  static async open(engine: Engine, texts: readonly string[]): Promise<SharedTexts> {
    if (texts.length === 0) return new SharedTexts(engine, texts, '');
    const type = identifier(`texts_${randomUUID()}`);
    await engine.withConnection((connection) => makeEnum(connection, `TYPE ${type}`, texts));
    return new SharedTexts(engine, texts, type);
  }

  /** Forgets them; no column has them any more. Throws QUERY_FAILED. */
  async close(): Promise<void> {
    if (this.type !== '') await this.#engine.rows(`DROP TYPE ${this.type}`);
  }
}

/** Makes a type whose values are some texts, in their order; `type` is how CREATE calls it. */
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
  rows.append([Int32Array.from(texts.keys()), texts], 0, texts.length);
  rows.end();
  await connection.run(`CREATE ${type} AS ENUM (SELECT "text" FROM ${table} ORDER BY place)`);
  await connection.run(`DROP TABLE ${table}`);
}
