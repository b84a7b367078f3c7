import type { EventLog, LogBatch, LogReader, LogRecord, ReadFrom } from '@passport/event-log';
import { epochOf, openRecord, type RecordEnvelope, VIEW_DEFINITIONS } from '@passport/model';
import { AppError, type Logger, settledWithin } from '@passport/runtime';

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
  /** Cells that are, at most, and some more of the last record: as many as the store may take at once. */
  readonly sumCellsMax?: number;
  /** How long what there is of a partition waits for more that is on its way to it, in milliseconds. */
  readonly moreMsMax?: number;
  readonly onApplied?: (applied: {
    readonly partition: number;
    readonly position: Position;
    readonly facts: number;
  }) => void;
};

/** More than a partition has in an epoch of five million events' log: each of its sums goes to the store once then. */
const SUM_FACTS_MAX = 300_000;

/** Redis takes about a microsecond for each, and answers nobody meanwhile. */
const SUM_CELLS_MAX = 20_000;

/** Where a partition stands; a new one each time that its state is looked up. */
type Place = {
  /** In the store; null when there is no state of it. */
  position: Position | null;
  /** What was read behind that, and is not on its way to the store yet. */
  open: Open | undefined;
  /** Up to where it was read. */
  read: Position | null;
  /** Whether nothing was behind that. */
  isAtEnd: boolean;
};

/** What records in a row come to, and where the partition is with them. */
type Open = { readonly sum: RangeSum; readonly position: Position };

/** What was read, and the place that it was read for. */
type Come = { readonly batch: LogBatch; readonly place: Place | undefined };

/** More is on its way to each partition that is not read to its end. */
const MORE_MS_MAX = 100;

/** Partitions whose changes are on their way to the store at once. */
const APPLIES_MAX = 4;

/** Fewer of them leave the store time for a partition that is at its end: one is worked for, and the next one is there. */
const APPLIES_AT_ENDS = 2;

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
    this.#places.set(partition, { position, open: undefined, read: position, isAtEnd: false });
    const from: ReadFrom = position?.logPosition ?? 'earliest';
    this.#reader.assign(partition, from);
  }

  /** Leaves a partition to others. */
  revoke(partition: number): void {
    this.#ours.delete(partition);
    this.#places.delete(partition);
    this.#reader.revoke(partition);
  }

  /**
   * Consumes until it is closed. What is there is added up before it goes to the store, as long as more comes, or the
   * store is busy. Throws {@link PartitionHalted}, and what log and store throw.
   */
  async run(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      // Up to what cannot be read all is well: it is not lost.
      await this.#applyAllOpen();
      this.#failure ??= { error };
      await this.#reader.close();
    }
    await Promise.all(this.#underWay.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  async #readAll(): Promise<void> {
    const batches = this.#reader[Symbol.asyncIterator]();
    for (;;) {
      const coming = batches.next().then(({ done, value }): Come | undefined => {
        // A place that was looked up again meanwhile is another one, and this is not for it.
        return done === true
          ? undefined
          : { batch: value, place: this.#places.get(value.partition) };
      });
      await this.#idleUntil(coming);
      const come = await coming;
      if (come === undefined) return;
      const { batch, place } = come;
      if (place === undefined) continue;
      await this.#take(batch.partition, place, batch.records);
      place.isAtEnd = batch.isAtEnd;
      if (this.#underWay.size < APPLIES_AT_ENDS) await this.#applyOneAtEnd();
    }
  }

  /** Until something comes: brings to the store what is open, once it has nothing else to do; what more is on its way to, later. */
  async #idleUntil(coming: Promise<unknown>): Promise<void> {
    while (!(await isSettled(coming))) {
      if (this.#underWay.size > 0) {
        await Promise.race([coming, ...this.#underWay.values()]);
        continue;
      }
      const { moreMsMax = MORE_MS_MAX } = this.#options;
      await this.#applyAllOpen(({ isAtEnd }) => isAtEnd);
      if (!(await settledWithin(coming, moreMsMax))) await this.#applyAllOpen();
      return;
    }
  }

  /** To a partition that is read to its end nothing is added soon: a store that has little to do takes it before the others are. */
  async #applyOneAtEnd(): Promise<void> {
    for (const [partition, place] of this.#places) {
      // Behind another one of its own it would be waited for.
      if (!place.isAtEnd || place.open === undefined || this.#underWay.has(partition)) continue;
      return this.#applyOpen(partition, place);
    }
  }

  async #applyAllOpen(isOne: (place: Place) => boolean = () => true): Promise<void> {
    for (const [partition, place] of this.#places) {
      if (isOne(place)) await this.#applyOpen(partition, place);
    }
  }

  async #take(partition: number, place: Place, records: readonly LogRecord[]): Promise<void> {
    for (const { value, position: logPosition } of records) {
      if (this.#places.get(partition) !== place) return;
      const record = readOrHalt(partition, () => openRecord(value));
      const { read } = place;
      this.#check(partition, record, read);
      if (read !== null && record.last <= read.block) continue;
      const epoch = epochOf(record.last, record.epochBlocks);
      const before = place.open?.sum;
      if (before !== undefined && (before.epoch !== epoch || this.#isFull(before))) {
        await this.#applyOpen(partition, place);
      }
      const sum = place.open?.sum ?? new RangeSum(epoch);
      // Where it cannot be added, what it may have changed is of no use.
      place.open = undefined;
      const blocks = readOrHalt(partition, () => sum.add(record, read?.block ?? -1));
      const end = blocks.at(-1);
      if (end === undefined) {
        throw new PartitionHalted('LOG_UNREADABLE', partition, 'a record of no block');
      }
      const position = {
        ledger: record.ledger,
        since: read?.since ?? record.first,
        block: record.last,
        hash: end.hash.toString('hex'),
        ledgerTimeMs: end.ledgerTimeMs,
        epochBlocks: record.epochBlocks,
        definitions: record.definitions,
        logPosition,
      };
      place.open = { sum, position };
      place.read = position;
    }
  }

  #isFull({ facts, sums }: RangeSum): boolean {
    const { sumFactsMax = SUM_FACTS_MAX, sumCellsMax = SUM_CELLS_MAX } = this.#options;
    return facts >= sumFactsMax || sums.cells >= sumCellsMax;
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

  /** Sends what is open of a partition on its way to the store, behind what is on its way already. */
  async #applyOpen(partition: number, place: Place): Promise<void> {
    await this.#underWay.get(partition);
    while (this.#underWay.size >= APPLIES_MAX) await Promise.race(this.#underWay.values());
    const { open } = place;
    if (open === undefined || this.#places.get(partition) !== place) return;
    place.open = undefined;
    // While the store works for one partition, the next one's records are decoded.
    const work = this.#apply(partition, place, open)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        return this.#reader.close();
      })
      .finally(() => this.#underWay.delete(partition));
    this.#underWay.set(partition, work);
  }

  async #apply(partition: number, place: Place, { sum, position }: Open): Promise<void> {
    const { store, logger, onApplied } = this.#options;
    const expected = place.position?.block ?? -1;
    const isApplied = await store.apply(partition, expected, sum, position);
    if (isApplied) onApplied?.({ partition, position, facts: sum.facts });
    if (this.#places.get(partition) !== place) return;
    if (isApplied) {
      place.position = position;
      return;
    }
    // Another instance was faster, or the store was lost: the partition is read from where it is.
    logger.warn({ event: 'speed.position_moved', partition, expected });
    await this.assign(partition);
  }
}

/** Whether a promise has come to something, once all has had its turn that is there to be done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  promise.then(end, end);
  await new Promise((go) => setImmediate(go));
  return isOver;
}

function readOrHalt<T>(partition: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PartitionHalted('LOG_UNREADABLE', partition, why, error);
  }
}
