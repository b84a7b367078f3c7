import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import type { ReleasedBatch } from '@passport/batch-layer';
import { PassportError, releasedViewNames, viewsInSql } from '@passport/model';

import { answerType } from './answer-types.ts';
import type { FencedQuestion, FencedRows, FenceStart } from './fence-messages.ts';
import { guardStatement } from './guard.ts';
import { tableColumns, tableOf, tableValues } from './released-tables.ts';

/** Rows of a chunk at most: DuckDB's vector. */
const CHUNK_ROWS = 2_048;
/** Statements whose reading is remembered. */
const CHECKED_MAX = 256;
const CELL_BYTES = 8;
const RELEASED = 'released_block';

/**
 * A DuckDB that has released batches and nothing else: in memory, without files, network, extensions or
 * a disk to spill to, its settings locked, one thread, so that an answer depends on statement and block
 * alone. One call at a time.
 */
export class FencedEngine {
  readonly #connection: DuckDBConnection;
  readonly #limits: FenceStart;
  /** By tables and statement: the statement as DuckDB writes it down again. */
  readonly #checked = new Map<string, string>();
  #block = -1;

  private constructor(connection: DuckDBConnection, limits: FenceStart) {
    this.#connection = connection;
    this.#limits = limits;
  }

  static async open(limits: FenceStart): Promise<FencedEngine> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${limits.memoryMb}MB`,
      threads: '1',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    // Before files are locked away: afterwards nobody can say that nothing is spilled.
    await connection.run("SET temp_directory = ''");
    await connection.run('SET enable_external_access = false');
    // Tables are in schemas that no statement can name; a statement sees them by a WITH around it.
    for (const schema of ['base', 'coming']) {
      await connection.run(`CREATE SCHEMA ${schema}`);
      for (const view of releasedViewNames) {
        const columns = tableColumns(view).map(({ name, sqlType }) => `"${name}" ${sqlType}`);
        await connection.run(`CREATE TABLE ${schema}.${tableOf(view)} (${columns.join(', ')})`);
      }
    }
    await connection.run('SET lock_configuration = true');
    return new FencedEngine(connection, limits);
  }

  /** Takes batches in; nobody sees them before {@link commit}. */
  async add(batches: readonly ReleasedBatch[]): Promise<void> {
    for (const view of releasedViewNames) {
      const own = batches.filter((batch) => batch.view === view);
      if (own.length === 0) continue;
      const types = tableColumns(view).map(({ type }) => type);
      const appender = await this.#connection.createAppender(tableOf(view), 'coming');
      for (let start = 0; start < own.length; start += CHUNK_ROWS) {
        const part = own.slice(start, start + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, part.length);
        chunk.setColumns(tableValues(view, part));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    }
  }

  /**
   * Shows what came since. Rows lie by block, then by dimensions, however they came, so that sums of
   * doubles and rows without ORDER BY come out the same in each process.
   */
  async commit(block: number): Promise<void> {
    await this.#connection.run('BEGIN');
    for (const view of releasedViewNames) {
      const table = tableOf(view);
      const dimensions = tableColumns(view).filter(({ sqlType }) => sqlType === 'VARCHAR');
      const order = [RELEASED, ...dimensions.map(({ name }) => name)];
      const by = order.map((name) => `"${name}"`).join(', ');
      await this.#connection.run(`INSERT INTO base.${table} FROM coming.${table} ORDER BY ${by}`);
      await this.#connection.run(`DELETE FROM coming.${table}`);
    }
    await this.#connection.run('COMMIT');
    this.#block = block;
  }

  /**
   * Answers a statement, if the guard lets it through. Throws PassportError of the guard,
   * `SQL_TYPE_REFUSED`, `SQL_TOO_LARGE`; else what DuckDB throws.
   */
  async answer({ sql, tables, block }: FencedQuestion): Promise<FencedRows> {
    const { charactersMax, rowsMax, columnsMax } = this.#limits;
    if (sql.length > charactersMax) {
      throw new PassportError('SQL_TOO_LARGE', `a statement has ${charactersMax} characters`);
    }
    const checked = await this.#check(sql, tables);
    const later = block < this.#block ? ` WHERE ${RELEASED} <= ${Math.trunc(block)}` : '';
    const seen = tables.map((table) => `${table} AS NOT MATERIALIZED (FROM base.${table}${later})`);
    const result = await this.#connection.stream(
      `WITH ${seen.join(', ')} SELECT * FROM (\n${checked}\n) AS answer LIMIT ${rowsMax + 1}`,
    );
    const names = result.deduplicatedColumnNames();
    if (names.length > columnsMax) {
      throw new PassportError('SQL_TOO_LARGE', `an answer has ${columnsMax} columns`);
    }
    const types = result.columnTypes().map((type, place) => answerType(names[place] ?? '', type));
    const rows: FencedRows['rows'][number][] = [];
    let bytes = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const columns = chunk.getColumns();
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const cells = types.map(({ cell }, place) => {
          const value = columns[place]?.[row] ?? null;
          if (typeof value === 'string') bytes += Buffer.byteLength(value);
          return value === null ? null : cell(value);
        });
        bytes += CELL_BYTES * cells.length;
        rows.push(cells);
      }
      this.#checkSize(rows.length, bytes);
    }
    const columns = types.map(({ type }, place) => ({ name: names[place] ?? '', type }));
    return { columns, rows };
  }

  /** Ends the statement that is being answered, at once. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  #checkSize(rows: number, bytes: number): void {
    const { rowsMax, bytesMax } = this.#limits;
    if (rows > rowsMax) throw new PassportError('SQL_TOO_LARGE', `an answer has ${rowsMax} rows`);
    if (bytes > bytesMax)
      throw new PassportError('SQL_TOO_LARGE', `an answer has ${bytesMax} bytes`);
  }

  /** What runs is what was checked: the tree's own text, not that of who asks. */
  async #check(sql: string, tables: readonly string[]): Promise<string> {
    const key = `${tables.join()} ${sql}`;
    const known = this.#checked.get(key);
    if (known !== undefined) return known;
    const serialized = await this.#text(
      'json_serialize_sql($1, skip_default := true, skip_empty := true, skip_null := true)',
      sql,
    );
    const views = releasedViewNames.filter((view) => tables.includes(tableOf(view)));
    guardStatement(JSON.parse(serialized), tables, viewsInSql(sql, views).map(tableOf));
    const checked = await this.#text('json_deserialize_sql(json_serialize_sql($1))', sql);
    this.#checked.set(key, checked);
    const [oldest] = this.#checked.keys();
    if (this.#checked.size > CHECKED_MAX && oldest !== undefined) this.#checked.delete(oldest);
    return checked;
  }

  async #text(expression: string, sql: string): Promise<string> {
    const reader = await this.#connection.runAndReadAll(
      `SELECT (${expression})::VARCHAR`.replace('$1', '$1::VARCHAR'),
      [sql],
    );
    return String(reader.getRows()[0]?.[0]);
  }
}
