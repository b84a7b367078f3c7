import type { LogPosition, LogRecord, ReadFrom } from '@passport/event-log';
import {
  type FactsInColumns,
  lastBlockOf,
  type LineColumns,
  openRecord,
  type RecordEnvelope,
  useFactColumns,
  useLineColumns,
  VIEW_DEFINITIONS,
} from '@passport/model';

import { EpochError } from './epoch-error.ts';

/** What a record adds to an epoch; good as long as it is used. */
export type EpochPart = {
  readonly lines: LineColumns;
  /** Lines before this one came before. */
  readonly from: number;
  readonly facts: FactsInColumns;
  /** Facts of the blocks up to this one came before. */
  readonly reached: number;
};

/** Where a partition's epoch ends. */
export type EpochEnd = {
  readonly ledger: string;
  readonly block: number;
  readonly hash: string;
  readonly ledgerTimeMs: number;
  readonly position: LogPosition;
};

/** The end of an epoch that was read before, and how the log goes on behind it, by partition. */
export type EpochBehind = Pick<EpochEnd, 'ledger' | 'block' | 'hash'> & {
  readonly positions: readonly LogPosition[];
};

/** The number of the epoch behind another one; the first one is behind none. */
export function epochAfter(behind: Pick<EpochBehind, 'block'> | undefined, blocks: number): number {
  return behind === undefined ? 0 : (behind.block + 1) / blocks;
}

/** Where a partition goes on behind another epoch; the first one is behind none. */
export function placeBehind(
  behind: Pick<EpochBehind, 'positions'> | undefined,
  partition: number,
): ReadFrom {
  return behind?.positions[partition] ?? 'earliest';
}

/** How the end of an epoch is called: the same of no other ledger, nor of one that has gone on otherwise. */
export function nameOfEnd({ ledger, block, hash }: EpochBehind): string {
  return `${ledger} ${block} ${hash}`;
}

/** Which epoch is read. */
export type EpochToRead = {
  readonly partition: number;
  readonly epoch: number;
  readonly epochBlocks: number;
  /** The ledger, once it is known. */
  readonly ledger: string | undefined;
};

/** Follows one partition through an epoch. */
export class EpochPartition {
  readonly #wanted: EpochToRead;
  readonly #end: number;
  #reached: number;
  #ending: EpochEnd | undefined;

  constructor(wanted: EpochToRead) {
    this.#wanted = wanted;
    this.#end = lastBlockOf(wanted.epoch, wanted.epochBlocks);
    this.#reached = this.#end - wanted.epochBlocks;
  }

  /** Where it ends; undefined while it has not. */
  get ending(): EpochEnd | undefined {
    return this.#ending;
  }

  /**
   * Takes the next record, and has used what it adds, if anything: each block counts once, however often it comes,
   * and what is behind the epoch does not count. Throws {@link EpochError}.
   */
  take({ value, position }: LogRecord, use: (part: EpochPart) => void): void {
    const record = openRecord(value);
    check(record, this.#wanted);
    const reached = this.#reached;
    if (this.#ending !== undefined || record.last <= reached) return;
    if (record.first > reached + 1) {
      const why = `blocks ${reached + 1} to ${record.first - 1} are missing`;
      throw new EpochError('LOG_GAP', this.#wanted.partition, why);
    }
    useFactColumns(record.facts, (facts) => {
      this.#reached = record.last;
      const last = facts.blocks.at(-1);
      if (record.last === this.#end && last !== undefined) {
        const { ledger } = record;
        const { hash, ledgerTimeMs } = last;
        const block = this.#end;
        this.#ending = { ledger, block, hash: hash.toString('hex'), ledgerTimeMs, position };
      }
      useLineColumns(record.lines, (lines) =>
        use({ lines, from: firstBehind(reached, lines), facts, reached }),
      );
    });
  }
}

/** Lines are in the order of their blocks. */
function firstBehind(reached: number, { block, count }: LineColumns): number {
  let line = 0;
  while (line < count && (block[line] ?? 0) <= reached) line += 1;
  return line;
}

function check(record: RecordEnvelope, { partition, epochBlocks, ledger }: EpochToRead): void {
  const isOurs =
    record.partition === partition &&
    record.epochBlocks === epochBlocks &&
    record.definitions === VIEW_DEFINITIONS &&
    (ledger === undefined || record.ledger === ledger);
  if (isOurs) return;
  const what = `partition ${record.partition} of ${record.ledger}, definitions ${record.definitions}`;
  throw new EpochError('LOG_FOREIGN', partition, `a record of ${what}`);
}
