import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBValue,
  type Json,
} from '@duckdb/node-api';

import { AppError } from '@passport/runtime';

import type { MemoryRows } from './memory-rows.ts';
import { MemoryTables } from './memory-tables.ts';

/** What DuckDB may use of the machine. */
export type EngineLimits = {
  /** DuckDB's share of memory in MB; what a sort needs beyond it spills to the disk. */
  readonly memoryMbMax: number;
  readonly threads: number;
  /** Where it spills; DuckDB makes the folder when it needs it. */
  readonly spillDirectory: string;
};

/** A row of an answer by column, in JSON: 64-bit integers and decimals are texts. */
export type JsonRow = Readonly<Record<string, Json>>;

/**
 * A DuckDB of its own, in memory. Times are in UTC. It loads no extension, neither from the disk nor
 * from the network. Every method throws QUERY_FAILED (never) where DuckDB refuses, which includes
 * more memory than it may use.
 */
export type Engine = {
  /** Runs statements and answers with the rows of the last. */
  rows(sql: string, parameters?: readonly DuckDBValue[]): Promise<JsonRow[]>;
  /** The answer chunk by chunk; nobody holds all of it. */
  stream(sql: string): AsyncGenerator<DuckDBDataChunk>;
  /** Lends a connection for as long as `use` runs, with temporary tables of its own. */
  withConnection<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** A connection with temporary tables of its own; whoever asked for it closes it. */
  connect(): Promise<DuckDBConnection>;
  /** Lends rows in memory to queries of any connection, as what comes behind `FROM`, until `use` is done: see {@link MemoryTables}. */
  withRows<T>(
    connection: DuckDBConnection,
    rows: MemoryRows,
    use: (from: string) => Promise<T>,
  ): Promise<T>;
  close(): void;
};

/** Starts a DuckDB. */
export async function openEngine(limits: EngineLimits): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memoryMbMax}MB`,
    threads: String(limits.threads),
    temp_directory: limits.spillDirectory,
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
    // What a query is done with goes back to the system: between two of them there may be hours.
    allocator_background_threads: 'true',
  });
  return new DuckDbEngine(instance);
}

class DuckDbEngine implements Engine {
  readonly #instance: DuckDBInstance;
  /** Connections that no query is using; as many as there were queries at once. */
  readonly #idle: DuckDBConnection[] = [];
  #tables: MemoryTables | undefined;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  async rows(sql: string, parameters: readonly DuckDBValue[] = []): Promise<JsonRow[]> {
    // To connect takes longer than many a query.
    const connection = this.#idle.pop() ?? (await this.connect());
    try {
      const reader = await asQueryError(() => connection.runAndReadAll(sql, [...parameters]));
      const rows = reader.getRowObjectsJson();
      this.#idle.push(connection);
      return rows;
    } catch (error) {
      connection.closeSync();
      throw error;
    }
  }

  async *stream(sql: string): AsyncGenerator<DuckDBDataChunk> {
    // A second query on a connection ends the stream of the first without a word: one for each.
    const connection = await this.connect();
    try {
      const result = await asQueryError(() => connection.stream(sql));
      for (;;) {
        const chunk = await asQueryError(() => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } finally {
      connection.closeSync();
    }
  }

  async withConnection<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await asQueryError(() => use(connection));
    } finally {
      connection.closeSync();
    }
  }

  withRows<T>(
    connection: DuckDBConnection,
    rows: MemoryRows,
    use: (from: string) => Promise<T>,
  ): Promise<T> {
    return asQueryError(() => {
      this.#tables ??= new MemoryTables(connection);
      return this.#tables.lend(rows, use);
    });
  }

  close(): void {
    for (const connection of this.#idle) connection.closeSync();
    this.#instance.closeSync();
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await asQueryError(() => this.#instance.connect());
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }
}

/** DuckDB throws plain errors, whose message starts with their kind. */
const duckDbError = /^(\w+ )?(\w+ )?Error: /;

/** Runs what calls DuckDB. Throws QUERY_FAILED where that refuses. */
async function asQueryError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    if (error.constructor !== Error || !duckDbError.test(error.message)) throw error;
    throw new AppError(error.message, { code: 'QUERY_FAILED', retry: 'never', cause: error });
  }
}
