import { type DuckDBDataChunk, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';

import { FeedUnreadable } from '../feed-error.ts';

/** What a read may use of the machine. */
export type ReadLimits = {
  /** DuckDB's share of memory in MB; what a sort needs beyond it spills to the disk. */
  readonly memoryMbMax: number;
  readonly threads: number;
  /** Where it spills; DuckDB makes the folder when it needs it. */
  readonly spillDirectory: string;
};

/** {@link ReadLimits}, but for the folder, unless an operator says otherwise. */
export const defaultReadLimits = { memoryMbMax: 96, threads: 2 } as const;

/** Some rows of an answer, column by column. */
export type Columns = {
  readonly rows: number;
  /** The numbers of a column that the query casts to DOUBLE; they may be NaN. */
  readonly numbers: (column: number) => readonly (number | null)[];
  /** The texts of a column that the query casts to VARCHAR. */
  readonly texts: (column: number) => readonly (string | null)[];
};

/** A feed's query over its files. */
export type Query = {
  readonly feed: string;
  readonly sql: string;
  /** What to ask once all rows are read: one row, one number. */
  readonly after?: string;
};

/**
 * Runs a query on a database of its own in memory and gives the answer chunk by chunk: nobody holds all
 * of it. Times without a zone are in UTC. Returns the number that `after` asks for, else 0. Throws
 * FeedUnreadable, and the signal's reason once it aborts.
 */
export async function* readColumns(
  query: Query,
  limits: ReadLimits,
  signal?: AbortSignal,
): AsyncGenerator<Columns, number> {
  const instance = await readable(
    query.feed,
    DuckDBInstance.create(':memory:', {
      memory_limit: `${limits.memoryMbMax}MB`,
      threads: String(limits.threads),
      temp_directory: limits.spillDirectory,
      preserve_insertion_order: 'false',
    }),
  );
  // A second query on a connection ends the stream of the first without a word: one for each.
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const result = await readable(query.feed, connection.stream(query.sql));
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await readable(query.feed, result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) break;
      yield columnsOf(chunk);
    }
    if (query.after === undefined) return 0;
    const [row] = (await readable(query.feed, connection.runAndReadAll(query.after))).getRows();
    return Number(row?.[0] ?? 0);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readable<T>(feed: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new FeedUnreadable(feed, error);
  }
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function columnsOf(chunk: DuckDBDataChunk): Columns {
  return {
    rows: chunk.rowCount,
    numbers: (column) => chunk.getColumnValues(column).map(asNumber),
    texts: (column) => chunk.getColumnValues(column).map(asText),
  };
}

function asNumber(value: DuckDBValue): number | null {
  if (value === null || typeof value === 'number') return value;
  throw new TypeError('the query did not cast this column to DOUBLE');
}

function asText(value: DuckDBValue): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new TypeError('the query did not cast this column to VARCHAR');
}
