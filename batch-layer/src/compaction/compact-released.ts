import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { ReleasedViewName } from '@passport/model';

import type { DeltaTable } from '../delta/delta-table.ts';
import { compact, type ParquetLayout } from '../duckdb/write-parquet.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import { openContributions, openReleased, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { contributionsLayout } from '../tables/contributions-table.ts';
import { releasedLayout } from '../tables/released-table.ts';
import { bytesOf, choose, type Compacted, compactionId } from './compact-events.ts';
import type { CompactionLimits } from './compact-events.ts';
import { withLocalFiles } from './local-files.ts';

/**
 * Makes small files of batches into one. Rows only move: a batch stays as it was released. Answers undefined
 * when there is nothing to do. Throws DELTA_CONFLICT when somebody removed one of the files meanwhile.
 */
export async function compactReleased(
  storage: Storage,
  cache: ObjectCache,
  view: ReleasedViewName,
  limits: CompactionLimits,
): Promise<Compacted | undefined> {
  const table = await openReleased(storage, view);
  return compactRows(storage, cache, { table, layout: releasedLayout(view) }, limits);
}

/** The same of who is in them. */
export async function compactContributions(
  storage: Storage,
  cache: ObjectCache,
  limits: CompactionLimits,
): Promise<Compacted | undefined> {
  const table = await openContributions(storage);
  return compactRows(storage, cache, { table, layout: contributionsLayout }, limits);
}

async function compactRows(
  storage: Storage,
  cache: ObjectCache,
  { table, layout }: { readonly table: DeltaTable; readonly layout: ParquetLayout },
  limits: CompactionLimits,
): Promise<Compacted | undefined> {
  const { name } = table;
  const chosen = choose([...(await table.readSnapshot()).files.values()], limits);
  if (chosen.length < limits.filesMin) return undefined;
  await mkdir(storage.scratchFolder, { recursive: true });
  const path = join(storage.scratchFolder, `compact-${randomUUID()}.parquet`);
  const written = await withLocalFiles(cache, name, chosen, (paths) =>
    compact(storage.engine, paths, path, layout),
  );
  const stored = { columns: layout.columns, prefix: 'part', partitionValues: {} };
  const add = await storeFile(storage, name, written, stored);
  await table.commit({
    commitId: compactionId(name, chosen),
    operation: 'OPTIMIZE',
    adds: add === undefined ? [] : [add],
    removes: chosen.map((file) => file.path),
    isBlindAppend: false,
    dataChange: false,
  });
  return { files: chosen.length, bytesRead: bytesOf(chosen), bytes: written.bytes };
}
