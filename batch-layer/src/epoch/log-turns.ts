import type { EventLog, LogBatch, LogReader, LogRecord, ReadFrom } from '@passport/event-log';

/** Bytes that wait for the turn of their partition, at most; a batch of each may come on top. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

/** Where a partition is. */
type Place = {
  /** The record that was taken last, or where reading began. */
  from: ReadFrom;
  /** What comes behind it and was fetched. */
  readonly waiting: LogRecord[];
  /** Whether more of it is fetched. */
  isRead: boolean;
};

/**
 * Reads the partitions of a log in turns, each from where it was left. Those whose turn is still to come are fetched meanwhile:
 * a partition that is fetched only then is waited for, a tenth of a second with Kafka.
 */
export class LogTurns {
  readonly #reader: LogReader;
  readonly #batches: AsyncIterator<LogBatch>;
  readonly #places: readonly Place[];
  readonly #bytesMax: number;
  #bytes = 0;

  /** Begins to fetch all partitions, each from its place. */
  constructor(log: EventLog, from: readonly ReadFrom[], bytesMax = WAITING_BYTES_MAX) {
    this.#reader = log.openReader(new Map(from.entries()));
    this.#batches = this.#reader[Symbol.asyncIterator]();
    this.#places = from.map((place) => ({ from: place, waiting: [], isRead: true }));
    this.#bytesMax = bytesMax;
  }

  /**
   * The turn of a partition: its records behind a place, until the caller has enough; what is not taken waits for the next turn.
   * It ends by itself when this is closed. Throws what reading the log throws.
   */
  async *records(partition: number, from: ReadFrom): AsyncGenerator<LogRecord> {
    const place = this.#placeAt(partition, from);
    for (;;) {
      const record = place.waiting.shift();
      if (record === undefined) {
        if (!(await this.#fetchFor(partition, place))) return;
        continue;
      }
      this.#bytes -= record.value.length;
      place.from = record.position;
      yield record;
    }
  }

  /** Fetches no more. Again is allowed. */
  async close(): Promise<void> {
    await this.#reader.close();
  }

  #placeAt(partition: number, from: ReadFrom): Place {
    const place = this.#places[partition];
    if (place === undefined) throw new RangeError(`there is no partition ${partition}`);
    if (place.from === from) return place;
    this.#bytes -= bytesOf(place.waiting);
    place.waiting.length = 0;
    place.from = from;
    place.isRead = false;
    return place;
  }

  /** Waits for a batch of any partition; false at the end. */
  async #fetchFor(partition: number, place: Place): Promise<boolean> {
    if (!place.isRead) this.#reader.assign(partition, place.from);
    place.isRead = true;
    const next = await this.#batches.next();
    if (next.done === true) return false;
    this.#keep(next.value, partition);
    return true;
  }

  #keep({ partition, records }: LogBatch, atTurn: number): void {
    const place = this.#places[partition];
    if (place === undefined) throw new RangeError(`there is no partition ${partition}`);
    place.waiting.push(...records);
    this.#bytes += bytesOf(records);
    if (partition === atTurn || this.#bytes < this.#bytesMax) return;
    // At its turn it goes on behind what waits.
    this.#reader.revoke(partition);
    place.isRead = false;
  }
}

function bytesOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, { value }) => sum + value.length, 0);
}
