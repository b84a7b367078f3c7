import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { EventLog } from '@passport/event-log';
import { lastBlockOf, VIEW_DEFINITIONS } from '@passport/model';

import type { NewFile } from '../delta/commit-request.ts';
import type { DeltaTable } from '../delta/delta-table.ts';
import type { Cell } from '../duckdb/cells.ts';
import { writeRows } from '../duckdb/write-parquet.ts';
import { allViews, openEvents, openView, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventCells, eventColumns, EVENTS, eventsLayout } from '../tables/events-table.ts';
import { viewColumns, viewLayout, viewTableName } from '../tables/view-table.ts';
import type { ArchivedUpTo } from '../watermark/watermarks.ts';
import { CellSums } from './cell-sums.ts';
import { EpochError } from './epoch-error.ts';
import { type EpochEnd, readEpoch } from './read-epoch.ts';

/** What an epoch is archived with. */
export type ArchiveOptions = {
  readonly log: EventLog;
  readonly storage: Storage;
  readonly epochBlocks: number;
  readonly onProgress?: (done: { readonly step: string; readonly rows: number }) => void;
};

/**
 * Archives the epoch behind a watermark: its lines, then its sums in each view, each committed with
 * the block that it goes up to, so that whatever is repeated is done once. Answers the watermark that
 * it comes to; moving it is left to the caller, and comes last. Throws EpochError, and what log and
 * store throw.
 */
export async function archiveEpoch(
  before: ArchivedUpTo | undefined,
  options: ArchiveOptions,
  signal: AbortSignal,
): Promise<ArchivedUpTo> {
  const { log, storage, epochBlocks, onProgress } = options;
  const epoch = before === undefined ? 0 : (before.block + 1) / epochBlocks;
  const block = lastBlockOf(epoch, epochBlocks);
  await mkdir(storage.scratchFolder, { recursive: true });
  const sums = new CellSums();
  const adds: NewFile[] = [];
  const ends: EpochEnd[] = [];
  let rows = 0;
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const ledger = before?.ledger ?? ends[0]?.ledger;
    const from = before?.positions[partition] ?? 'earliest';
    const parts = readEpoch(log, { partition, epoch, epochBlocks, ledger, from }, signal);
    const { file, end } = await archivePartition(storage, { partition, block, parts, sums });
    if (file !== undefined) {
      adds.push(file);
      rows += file.statistics.numRecords;
    }
    ends.push(end);
    onProgress?.({ step: `events ${partition + 1} of ${log.partitions}`, rows });
  }
  const [first] = ends;
  if (first === undefined) throw new RangeError('a ledger has one partition at least');
  const other = ends.find(({ hash }) => hash !== first.hash);
  if (other !== undefined) {
    throw new EpochError('LOG_FOREIGN', ends.indexOf(other), `another block ${block}`);
  }
  const events = await openEvents(storage);
  const tables: Record<string, number> = {
    [EVENTS]: await commit(events, EVENTS, first, adds),
  };
  for (const view of allViews) {
    const name = viewTableName(view);
    const path = join(storage.scratchFolder, `${name}-${block}.parquet`);
    const file = await writeRows(storage.engine, path, viewLayout(view), sums.rows(view));
    const prefix = `epoch-${String(block).padStart(15, '0')}`;
    const columns = viewColumns(view);
    const add = await storeFile(storage, name, file, { columns, prefix, partitionValues: {} });
    const table = await openView(storage, view);
    tables[name] = await commit(table, name, first, add === undefined ? [] : [add]);
    onProgress?.({ step: name, rows });
  }
  const { ledger, hash, ledgerTimeMs } = first;
  return {
    ...{ ledger, block, hash, ledgerTimeMs, epochBlocks, tables },
    partitions: log.partitions,
    definitions: VIEW_DEFINITIONS,
    positions: ends.map(({ position }) => position),
  };
}

type PartitionToArchive = {
  readonly partition: number;
  readonly block: number;
  readonly parts: ReturnType<typeof readEpoch>;
  readonly sums: CellSums;
};

/** Rows go to the file as they come from the log; only the sums stay in memory. */
async function archivePartition(
  storage: Storage,
  { partition, block, parts, sums }: PartitionToArchive,
): Promise<{ readonly file: NewFile | undefined; readonly end: EpochEnd }> {
  let end: EpochEnd | undefined;
  async function* cells(): AsyncGenerator<readonly Cell[]> {
    for (;;) {
      const next = await parts.next();
      if (next.done === true) {
        end = next.value;
        return;
      }
      sums.add(next.value.facts);
      for (const row of next.value.rows) yield eventCells(row);
    }
  }
  const path = join(storage.scratchFolder, `events-${partition}-${block}.parquet`);
  const file = await writeRows(storage.engine, path, eventsLayout, cells());
  if (end === undefined) throw new Error('an epoch without an end');
  const prefix = `partition=${partition}/epoch-${String(block).padStart(15, '0')}`;
  const stored = await storeFile(storage, EVENTS, file, {
    columns: eventColumns,
    prefix,
    partitionValues: { partition: String(partition) },
  });
  return { file: stored, end };
}

/** Commits an epoch's files once, and answers a version that has just the epochs up to it. */
async function commit(
  table: DeltaTable,
  name: string,
  { ledger, block }: EpochEnd,
  adds: readonly NewFile[],
): Promise<number> {
  const outcome = await table.commit({
    commitId: `${name} ${ledger} ${block}`,
    operation: 'WRITE',
    adds,
    txn: { appId: `passport:${ledger}:${name}`, version: block },
    isBlindAppend: true,
    dataChange: true,
  });
  return outcome.version;
}
