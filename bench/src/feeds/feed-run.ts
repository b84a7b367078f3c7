/** What one reading of a feed came to. */
export type FeedRun = {
  readonly rows: number;
  readonly events: number;
  readonly refusedRows: number;
  readonly elapsedMs: number;
  /** Resident memory of the process at its highest, DuckDB's and Node's own included. */
  readonly peakMb: number;
};
