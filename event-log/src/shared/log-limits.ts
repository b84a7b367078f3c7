/** What a log may take: bytes, and time. */
export type LogLimits = {
  /** Appends that wait for the one under way, at most. One more fails. */
  readonly appendsWaitingMax: number;
  /** Bytes of values that go into one write, at most; one call's records may be more. */
  readonly writeBytesMax: number;
  /** Bytes that a reader asks the server for at a time, for all its partitions. */
  readonly fetchBytesMax: number;
  /** A reader fetches no more while so many bytes wait for its user; one fetch may come on top. */
  readonly readAheadBytesMax: number;
  /** How long the server may be away, in milliseconds, until `LogUnavailable`. */
  readonly outageMsMax: number;
  /** How long one request may take, in milliseconds. */
  readonly requestMsMax: number;
  /** A reader that gets nothing for so long, in milliseconds, while there are records, begins anew. */
  readonly stallMsMax: number;
};

/** Limits for a pipeline of 100 MB/s over one log. */
export const defaultLimits: LogLimits = {
  appendsWaitingMax: 1_000,
  writeBytesMax: 8 * 1024 * 1024,
  fetchBytesMax: 8 * 1024 * 1024,
  readAheadBytesMax: 16 * 1024 * 1024,
  outageMsMax: 60_000,
  requestMsMax: 15_000,
  stallMsMax: 10_000,
};
