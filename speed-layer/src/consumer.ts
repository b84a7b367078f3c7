import type { EventLog, LogReader, LogRecord, ReadFrom } from '@passport/event-log';
import { epochOf, openRecord, type RecordEnvelope, VIEW_DEFINITIONS } from '@passport/model';
import { AppError, type Logger } from '@passport/runtime';

import type { Position } from './store/position.ts';
import { RangeSum } from './store/range.ts';
import type { SpeedStore } from './store/speed-store.ts';

/** A partition's records do not follow from each other, or from its state; a person has to look. */
export class PartitionHalted extends AppError {
  readonly partition: number;

  constructor(code: 'LOG_GAP' | 'LOG_FOREIGN', partition: number, why: string) {
    super(`partition ${partition}: ${why}`, { code, retry: 'never' });
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
  /** Where the partitions stand that are ours; null of one with no state. */
  readonly #positions = new Map<number, Position | null>();
  readonly #underWay = new Map<number, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#reader = options.log.openReader(new Map());
  }

  /** The partitions that it brings forward. */
  get partitions(): readonly number[] {
    return [...this.#positions.keys()];
  }

  /** How often the log's reader had to begin anew. */
  get rebuilds(): number {
    return this.#reader.rebuilds;
  }

  /** Takes a partition over from where its state is. */
  async assign(partition: number): Promise<void> {
    const position = await this.#options.store.position(partition);
    this.#positions.set(partition, position ?? null);
    const from: ReadFrom = position?.logPosition ?? 'earliest';
    this.#reader.assign(partition, from);
  }

  /** Leaves a partition to others. */
  revoke(partition: number): void {
    this.#reader.revoke(partition);
    this.#positions.delete(partition);
  }

  /** Consumes until it is closed. Throws {@link PartitionHalted}, and what log and store throw. */
  async run(): Promise<void> {
    for await (const { partition, records } of this.#reader) {
      await this.#underWay.get(partition);
      // While the store works for one partition, the next one's records are decoded.
      const work = this.#take(partition, records)
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

  async #take(partition: number, records: readonly LogRecord[]): Promise<void> {
    let sum: RangeSum | undefined;
    let last: { readonly record: RecordEnvelope; readonly position: Position } | undefined;
    const before = this.#positions.get(partition);
    if (before === undefined) return;
    let stands = before;
    for (const { value, position: logPosition } of records) {
      const record = openRecord(value);
      this.#check(partition, record, stands);
      if (stands !== null && record.last <= stands.block) continue;
      const epoch = epochOf(record.last, record.epochBlocks);
      const isFull = (sum?.facts ?? 0) >= (this.#options.sumFactsMax ?? SUM_FACTS_MAX);
      if (sum !== undefined && last !== undefined && (sum.epoch !== epoch || isFull)) {
        if (!(await this.#apply(partition, sum, last.position))) return;
        sum = undefined;
      }
      sum ??= new RangeSum(epoch);
      const { blocks } = sum.add(record, stands?.block ?? -1);
      const end = blocks.at(-1);
      if (end === undefined)
        throw new PartitionHalted('LOG_GAP', partition, 'a record of no block');
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
    if (sum !== undefined && last !== undefined) await this.#apply(partition, sum, last.position);
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

  /** Answers false when the store stands elsewhere; then the partition is read from there. */
  async #apply(partition: number, sum: RangeSum, position: Position): Promise<boolean> {
    const { store, logger, onApplied } = this.#options;
    const before = this.#positions.get(partition);
    if (before === undefined) return false;
    if (await store.apply(partition, before?.block ?? -1, sum, position)) {
      this.#positions.set(partition, position);
      onApplied?.({ partition, position, facts: sum.facts });
      return true;
    }
    // Another instance was faster, or the store was lost.
    logger.warn({ event: 'speed.position_moved', partition, expected: before?.block ?? -1 });
    await this.assign(partition);
    return false;
  }
}
