import type { EventLog } from '@passport/event-log';
import { openRecord, readBlocks, VIEW_DEFINITIONS } from '@passport/model';

import { ListenerHalted } from './listener-error.ts';

/** How far the log has come. */
export type Cursor = {
  /** The ledger that the log is of; undefined of an empty one. */
  readonly ledger: string | undefined;
  /** The last block of each partition; -1 of an empty one. */
  readonly reached: readonly number[];
  /** Hashes of those blocks, hexadecimal, by number. */
  readonly hashes: ReadonlyMap<number, string>;
};

/**
 * Reads the cursor, which is in the log itself: the newest record of each partition says up to where
 * it goes. Throws ListenerHalted `LEDGER_FOREIGN` when the log was made with other settings than these.
 */
export async function readCursor(log: EventLog, epochBlocks: number): Promise<Cursor> {
  const reached: number[] = [];
  const hashes = new Map<number, string>();
  let ledger: string | undefined;
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const newest = await log.last(partition);
    if (newest === undefined) {
      reached.push(-1);
      continue;
    }
    const record = openRecord(newest.value);
    const last = readBlocks(record).at(-1);
    const isOurs =
      record.partitions === log.partitions &&
      record.epochBlocks === epochBlocks &&
      record.definitions === VIEW_DEFINITIONS;
    if (!isOurs) {
      const { partitions, definitions } = record;
      const has = `${partitions} partitions, epochs of ${record.epochBlocks}, views ${definitions}`;
      throw new ListenerHalted('LEDGER_FOREIGN', record.last, `the log has ${has}`);
    }
    ledger = record.ledger;
    reached.push(record.last);
    if (last !== undefined) hashes.set(record.last, last.hash);
  }
  return { ledger, reached, hashes };
}
