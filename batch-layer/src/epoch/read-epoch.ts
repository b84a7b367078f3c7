import type { EventLog, LogPosition, ReadFrom } from '@passport/event-log';
import {
  decodeFacts,
  decodeLines,
  epochOf,
  type Fact,
  factOf,
  lastBlockOf,
  type LogRow,
  openRecord,
  type RecordEnvelope,
  VIEW_DEFINITIONS,
} from '@passport/model';

import { EpochError } from './epoch-error.ts';

/** What a record adds to an epoch: that of blocks that did not come before. */
export type EpochPart = { readonly rows: readonly LogRow[]; readonly facts: readonly Fact[] };

/** Where a partition's epoch ends. */
export type EpochEnd = {
  readonly ledger: string;
  readonly block: number;
  readonly hash: string;
  readonly ledgerTimeMs: number;
  readonly position: LogPosition;
};

/** Which epoch is read, and from where. */
export type EpochToRead = {
  readonly partition: number;
  readonly epoch: number;
  readonly epochBlocks: number;
  /** The ledger, once it is known. */
  readonly ledger: string | undefined;
  readonly from: ReadFrom;
};

/**
 * Reads what an epoch has for a partition, waiting for what is not in the log yet, and answers where it
 * ends. Each block counts once, however often it comes. Throws {@link EpochError} and what the log
 * throws.
 */
export async function* readEpoch(
  log: EventLog,
  wanted: EpochToRead,
  signal: AbortSignal,
): AsyncGenerator<EpochPart, EpochEnd> {
  const { partition, epoch, epochBlocks } = wanted;
  const end = lastBlockOf(epoch, epochBlocks);
  let reached = end - epochBlocks;
  const reader = log.openReader(new Map([[partition, wanted.from]]));
  const close = (): void => void reader.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const { records } of reader) {
      for (const { value, position } of records) {
        const record = openRecord(value);
        check(record, wanted);
        if (record.last <= reached) continue;
        if (record.first > reached + 1 || epochOf(record.first, epochBlocks) > epoch) {
          const why = `blocks ${reached + 1} to ${record.first - 1} are missing`;
          throw new EpochError('LOG_GAP', partition, why);
        }
        const facts = decodeFacts(record.facts);
        yield partOf(record, facts, reached);
        reached = record.last;
        const last = facts.blocks.at(-1);
        if (reached < end || last === undefined) continue;
        const { ledger } = record;
        const { hash, ledgerTimeMs } = last;
        return { ledger, block: end, hash: hash.toString('hex'), ledgerTimeMs, position };
      }
    }
  } finally {
    signal.removeEventListener('abort', close);
    await reader.close();
  }
  signal.throwIfAborted();
  throw new EpochError('LOG_GAP', partition, `the log has ended at block ${reached}`);
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

function partOf(
  record: RecordEnvelope,
  packed: ReturnType<typeof decodeFacts>,
  reached: number,
): EpochPart {
  const facts: Fact[] = [];
  let fact = 0;
  for (const { number, facts: count } of packed.blocks) {
    const end = fact + count;
    if (number <= reached) fact = end;
    for (; fact < end; fact += 1) facts.push(factOf(packed, fact));
  }
  const rows = decodeLines(record.lines).filter(({ block }) => block > reached);
  return { rows, facts };
}
