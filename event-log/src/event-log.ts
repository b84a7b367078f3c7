/**
 * Where a record stands in its partition. Opaque: made by the log, kept and handed back by its
 * users. Positions of one partition and one log have an order, which only the log knows.
 */
export type LogPosition = string;

/**
 * Where reading begins: after the position of the record that was consumed last, or with the oldest
 * one that is kept, which is written `earliest`.
 */
export type ReadFrom = LogPosition;

/** What is appended: opaque bytes, at most {@link RECORD_BYTES_MAX} of them. */
export type NewRecord = { readonly partition: number; readonly value: Uint8Array };

/** A record as it is read. */
export type LogRecord = {
  readonly partition: number;
  readonly position: LogPosition;
  readonly value: Uint8Array;
};

/** Some records of one partition, in their order; never empty. */
export type LogBatch = {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Whether the partition had nothing behind it when it was read. */
  readonly isAtEnd: boolean;
};

/**
 * The longest value of a record, in bytes. What one block of Fabric (10 MB at most, unless a channel
 * says otherwise) has for one partition fits.
 */
export const RECORD_BYTES_MAX = 16_000_000;

/**
 * The log: opaque records in numbered partitions, from 0. Every method may throw `LogUnavailable`;
 * a partition or a position that is not of this log is a bug of the caller and throws a RangeError.
 */
export type EventLog = {
  readonly partitions: number;
  /**
   * Resolves when all records are durable. Those of one partition keep their order, within a call
   * and from call to call. Throws `LogUnavailable` (some may have been written: append them again;
   * calls that wait behind a failed one fail with it, so that no gap comes to be) and
   * `RecordTooLarge` (nothing was written). A record can be in the log twice, when its first
   * acknowledgement was lost.
   */
  append(records: readonly NewRecord[]): Promise<void>;
  /**
   * The newest record; undefined when nothing was ever appended. Throws `LogTrimmed`, with the
   * position of the newest record that was, when there were records and all are trimmed.
   */
  last(partition: number): Promise<LogRecord | undefined>;
  /** Reads partitions from where the map says; other partitions are not read, until assigned. */
  openReader(from: ReadonlyMap<number, ReadFrom>): LogReader;
  /** Forgets the records up to and including the one at a position. Again is allowed. */
  trim(partition: number, upTo: LogPosition): Promise<void>;
  /**
   * Has trimmed records go from the disks of the server too. On Redis they are gone when this resolves. Kafka
   * deletes a segment when all of it is trimmed and a newer one is there, by itself: see KafkaTopic.
   */
  purge(): Promise<void>;
  /** How many records there are after a position, trimmed ones counted too. */
  lag(partition: number, after: ReadFrom): Promise<number>;
  /** Closes the readers as well. Appends under way are finished first. Again is allowed. */
  close(): Promise<void>;
};

/**
 * Reads for ever, waits at the end for more, and is read by one loop. It fetches ahead within a
 * limit, and no further while its user does not come for more.
 *
 * The iteration throws `LogTrimmed` when a record that should come next was trimmed (nothing is
 * ever left out silently), `LogPositionUnknown` when a position is beyond the log's end, and
 * `LogUnavailable` when the server has been away for too long. It is over then; what was delivered
 * before is good.
 */
export type LogReader = AsyncIterable<LogBatch> & {
  /** Reads a partition too, or from elsewhere. */
  assign(partition: number, from: ReadFrom): void;
  /** Nothing more of the partition is delivered after this, also nothing that was fetched. */
  revoke(partition: number): void;
  /** How often the reader had to begin anew with the server, since it was opened: a metric. */
  readonly rebuilds: number;
  /** Ends the iteration, also one that waits. Again is allowed. */
  close(): Promise<void>;
};
