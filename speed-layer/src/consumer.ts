import type { EventLog, LogReader, LogRecord, ReadFrom } from '@passport/event-log';
import { epochOf, openRecord, type RecordEnvelope, VIEW_DEFINITIONS } from '@passport/model';
import { AppError, type Logger } from '@passport/runtime';

import type { Position } from './store/position.ts';
import { RangeSum } from './store/range.ts';
import type { SpeedStore } from './store/speed-store.ts';

/** Why a partition halts. */
type HaltCode =
  /** Blocks between its state and the next record are missing. */
  | 'LOG_GAP'
  /** A record is of another ledger, partition, or by other definitions. */
  | 'LOG_FOREIGN'
  /** A record cannot be read, or is not what was written. */
  | 'LOG_UNREADABLE';

/** A partition's records do not follow from each other, or from its state; a person has to look. */
export class PartitionHalted extends AppError {
  readonly partition: number;

  constructor(code: HaltCode, partition: number, why: string, cause?: unknown) {
    super(`partition ${partition}: ${why}`, { code, retry: 'never', cause });
    this.partition = partition;
  }
}

/** What a consumer works with. */
export type ConsumerOptions = {
  readonly log: EventLog;
  readonly store: SpeedStore;
  readonly logger: Logger;
  /** Facts that are summed up before they go to the store. */
  readonly sumFactsMax?: number;
  readonly onApplied?: (applied: {
    readonly partition: number;
    readonly position: Position;
    readonly facts: number;
  }) => void;
};

const SUM_FACTS_MAX = 200_000;

/** Where a partition stands; null when there is no state of it. */
type Place = { position: Position | null };

/** Partitions whose changes are on their way to the store at once. */
const APPLIES_MAX = 4;

/**
 * Brings partitions from the log into the store. It goes on where the store is, not where somebody has
 * read: a record that comes again changes nothing, and a store that was lost is made again from the
 * oldest record of the log.
 */
export class SpeedConsumer {
  readonly #options: ConsumerOptions;
  readonly #reader: LogReader;
  /** The partitions that are ours. */
  readonly #ours = new Set<number>();
  /** Where they stand; none of one whose state is being looked up. A new one with each look. */
  readonly #places = new Map<number, Place>();
  readonly #underWay = new Map<number, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#reader = options.log.openReader(new Map());
  }

  /** The partitions that it brings forward. */
  get partitions(): readonly number[] {
    return [...this.#ours];
  }

  /** How often the log's reader had to begin anew. */
  get rebuilds(): number {
    return this.#reader.rebuilds;
  }

  /** Takes a partition over from where its state is. */
  async assign(partition: number): Promise<void> {
    this.#ours.add(partition);
    // What was read for the place before is for nobody, also when it is on its way to the loop.
    this.#reader.revoke(partition);
    this.#places.delete(partition);
    const position = (await this.#options.store.position(partition)) ?? null;
    if (!this.#ours.has(partition) || this.#places.has(partition)) return;
    this.#places.set(partition, { position });
    const from: ReadFrom = position?.logPosition ?? 'earliest';
    this.#reader.assign(partition, from);
  }

  /** Leaves a partition to others. */
  revoke(partition: number): void {
    this.#ours.delete(partition);
    this.#places.delete(partition);
    this.#reader.revoke(partition);
  }

  /** Consumes until it is closed. Throws {@link PartitionHalted}, and what log and store throw. */
  async run(): Promise<void> {
    for await (const { partition, records } of this.#reader) {
      const place = this.#places.get(partition);
      if (place === undefined) continue;
      await this.#underWay.get(partition);
      // While the store works for one partition, the next one's records are decoded.
      const work = this.#take(partition, place, records)
        .catch((error: unknown) => {
          this.#failure ??= { error };
          return this.#reader.close();
        })
        .finally(() => this.#underWay.delete(partition));
      this.#underWay.set(partition, work);
      if (this.#underWay.size >= APPLIES_MAX) await Promise.race(this.#underWay.values());
    }
    await Promise.all(this.#underWay.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  async #take(partition: number, place: Place, records: readonly LogRecord[]): Promise<void> {
    if (this.#places.get(partition) !== place) return;
    let sum: RangeSum | undefined;
    let last: { readonly record: RecordEnvelope; readonly position: Position } | undefined;
    let stands = place.position;
    for (const { value, position: logPosition } of records) {
      const record = readOrHalt(partition, () => openRecord(value));
      this.#check(partition, record, stands);
      if (stands !== null && record.last <= stands.block) continue;
      const epoch = epochOf(record.last, record.epochBlocks);
      const isFull = (sum?.facts ?? 0) >= (this.#options.sumFactsMax ?? SUM_FACTS_MAX);
      if (sum !== undefined && last !== undefined && (sum.epoch !== epoch || isFull)) {
        if (!(await this.#apply(partition, place, sum, last.position))) return;
        sum = undefined;
      }
      sum ??= new RangeSum(epoch);
      const [range, reached] = [sum, stands?.block ?? -1];
      const { blocks } = readOrHalt(partition, () => range.add(record, reached));
      const end = blocks.at(-1);
      if (end === undefined) {
        throw new PartitionHalted('LOG_UNREADABLE', partition, 'a record of no block');
      }
      stands = {
        ledger: record.ledger,
        since: stands?.since ?? record.first,
        block: record.last,
        hash: end.hash.toString('hex'),
        ledgerTimeMs: end.ledgerTimeMs,
        epochBlocks: record.epochBlocks,
        definitions: record.definitions,
        logPosition,
      };
      last = { record, position: stands };
    }
    if (sum === undefined || last === undefined) return;
    await this.#apply(partition, place, sum, last.position);
  }

  #check(partition: number, record: RecordEnvelope, stands: Position | null): void {
    if (record.partition !== partition || record.definitions !== VIEW_DEFINITIONS) {
      const what = `partition ${record.partition} by definitions ${record.definitions}`;
      throw new PartitionHalted('LOG_FOREIGN', partition, `a record of ${what}`);
    }
    if (stands === null) return;
    if (record.ledger !== stands.ledger || record.epochBlocks !== stands.epochBlocks) {
      const why = `a record of ${record.ledger} after one of ${stands.ledger}`;
      throw new PartitionHalted('LOG_FOREIGN', partition, why);
    }
    if (record.first <= stands.block + 1) return;
    const why = `blocks ${stands.block + 1} to ${record.first - 1} are missing`;
    throw new PartitionHalted('LOG_GAP', partition, why);
  }

  /** Answers false when the store stands elsewhere, or the partition is not ours any more. */
  async #apply(
    partition: number,
    place: Place,
    sum: RangeSum,
    position: Position,
  ): Promise<boolean> {
    const { store, logger, onApplied } = this.#options;
    const expected = place.position?.block ?? -1;
    const isApplied = await store.apply(partition, expected, sum, position);
    if (isApplied) onApplied?.({ partition, position, facts: sum.facts });
    if (this.#places.get(partition) !== place) return false;
    if (isApplied) {
      place.position = position;
      return true;
    }
    // Another instance was faster, or the store was lost: the partition is read from where it is.
    logger.warn({ event: 'speed.position_moved', partition, expected });
    await this.assign(partition);
    return false;
  }
}

function readOrHalt<T>(partition: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PartitionHalted('LOG_UNREADABLE', partition, why, error);
  }
}
