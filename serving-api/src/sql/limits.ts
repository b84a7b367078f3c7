/** What one statement may take, and how many are answered at once. */
export type SqlLimits = {
  /** Processes that answer; each has its own copy of the tables, and one statement at a time. */
  readonly workers: number;
  /** Statements that wait for one of them at most. */
  readonly waitingMax: number;
  /** Characters of a statement. */
  readonly charactersMax: number;
  /** Rows of an answer. */
  readonly rowsMax: number;
  /** Bytes of an answer: eight for a cell, and those of its text. */
  readonly bytesMax: number;
  /** Columns of an answer. */
  readonly columnsMax: number;
  /** After so long a statement is interrupted. */
  readonly timeoutMs: number;
  /** So much later the process is killed if it did not let itself be interrupted. */
  readonly graceMs: number;
  /** What DuckDB may have in memory for tables and statement, MB. */
  readonly memoryMb: number;
  /** With so much more in memory, of whatever kind, the process ends itself, MB. */
  readonly memoryOverMb: number;
};

/** Limits unless the configuration says otherwise. */
export const defaultSqlLimits: SqlLimits = {
  ...{ workers: 2, waitingMax: 64, charactersMax: 16_384, rowsMax: 100_000, columnsMax: 256 },
  ...{ bytesMax: 32 * 1024 * 1024, timeoutMs: 10_000, graceMs: 1_000 },
  ...{ memoryMb: 512, memoryOverMb: 512 },
};
