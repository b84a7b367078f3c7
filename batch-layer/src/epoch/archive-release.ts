import { join } from 'node:path';

import { type Batch, releasedViewNames, type ReleasedViewName } from '@passport/model';

import type { NewFile } from '../delta/commit-request.ts';
import { writeCoded } from '../duckdb/coded-rows.ts';
import { writeRows } from '../duckdb/write-parquet.ts';
import { ended } from '../ended.ts';
import type { ReleaseState } from '../release/release-state.ts';
import type { ReleasedEpoch } from '../release/release-views.ts';
import { openContributions, openPending, openReleased, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import {
  CONTRIBUTIONS,
  contributionColumns,
  contributionRows,
  contributionsLayout,
} from '../tables/contributions-table.ts';
import { PENDING, pendingColumns, pendingLayout } from '../tables/pending-table.ts';
import { pendingRows } from '../tables/pending-rows.ts';
import {
  batchCells,
  releasedColumns,
  releasedLayout,
  releasedTableName,
} from '../tables/released-table.ts';
import { commitEpoch } from './commit-epoch.ts';
import type { EpochEnd } from './read-epoch.ts';

/**
 * Stores what an epoch releases: its batches behind those before them, and all that waits in place of what waited.
 * Each commit has the block that it goes up to, so that what is repeated is done once. Answers versions of
 * the tables.
 */
export async function archiveRelease(
  storage: Storage,
  released: ReleasedEpoch,
  end: EpochEnd,
): Promise<Readonly<Record<string, number>>> {
  const { batches, state } = released;
  const tables = await ended([
    addBatches(storage, end, batches),
    replacePending(storage, end, state).then((version) => ({ [PENDING]: version })),
    addContributions(storage, end, released).then((version) => ({ [CONTRIBUTIONS]: version })),
  ]);
  return Object.assign({}, ...tables) as Readonly<Record<string, number>>;
}

async function addBatches(
  storage: Storage,
  end: EpochEnd,
  batches: ReleasedEpoch['batches'],
): Promise<Readonly<Record<string, number>>> {
  const tables: Record<string, number> = {};
  for (const view of releasedViewNames) {
    const name = releasedTableName(view);
    const file = await writeBatches(storage, view, end.block, batches.get(view) ?? []);
    const adds = file === undefined ? [] : [file];
    tables[name] = await commitEpoch(await openReleased(storage, view), name, end, { adds });
  }
  return tables;
}

/** Who is in the batches of the epoch, behind those of the epochs before. */
async function addContributions(
  storage: Storage,
  end: EpochEnd,
  { batches, state: { quality } }: ReleasedEpoch,
): Promise<number> {
  const path = join(storage.scratchFolder, `${CONTRIBUTIONS}-${end.block}.parquet`);
  const rows = contributionRows(end.block, batches, quality);
  const file = await writeRows(storage.engine, path, contributionsLayout, rows);
  const stored = {
    columns: contributionColumns,
    prefix: `epoch-${String(end.block).padStart(15, '0')}`,
    partitionValues: {},
  };
  const add = await storeFile(storage, CONTRIBUTIONS, file, stored);
  const adds = add === undefined ? [] : [add];
  return commitEpoch(await openContributions(storage), CONTRIBUTIONS, end, { adds });
}

async function writeBatches(
  storage: Storage,
  view: ReleasedViewName,
  block: number,
  batches: readonly Batch[],
): Promise<NewFile | undefined> {
  if (batches.length === 0) return undefined;
  const name = releasedTableName(view);
  const rows = batches.map((batch) => batchCells(view, block, batch));
  const path = join(storage.scratchFolder, `${name}-${block}.parquet`);
  const file = await writeRows(storage.engine, path, releasedLayout(view), rows);
  const prefix = `epoch-${String(block).padStart(15, '0')}`;
  const columns = releasedColumns(view);
  return storeFile(storage, name, file, { columns, prefix, partitionValues: {} });
}

async function replacePending(
  storage: Storage,
  end: EpochEnd,
  { pending, keys }: ReleaseState,
): Promise<number> {
  const path = join(storage.scratchFolder, `${PENDING}-${end.block}.parquet`);
  const rows = pendingRows(pending, keys.named());
  const file = await writeCoded(storage.engine, path, pendingLayout, rows);
  const prefix = `epoch-${String(end.block).padStart(15, '0')}`;
  const columns = pendingColumns;
  const add = await storeFile(storage, PENDING, file, { columns, prefix, partitionValues: {} });
  const table = await openPending(storage);
  const { files } = await table.readSnapshot();
  return commitEpoch(table, PENDING, end, {
    adds: add === undefined ? [] : [add],
    // What a repeated call has added itself stays: its commit is found by its txn.
    removes: [...files.keys()].filter((known) => known !== add?.path),
  });
}
