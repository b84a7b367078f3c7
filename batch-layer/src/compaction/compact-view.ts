import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { firstBucket, type View, windows } from '@passport/model';

import type { DataFile } from '../delta/snapshot.ts';
import { identifier, literal } from '../duckdb/sql.ts';
import { writeParquet } from '../duckdb/write-parquet.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import { openView, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { viewColumns, viewLayout, viewTableName } from '../tables/view-table.ts';
import { bytesOf, type Compacted, compactionId, type CompactionLimits } from './compact-events.ts';
import { withLocalFiles } from './local-files.ts';

/** Name of files that were made of others begins so. */
const PART = 'part';

/**
 * Adds up the rows of each cell and measure, and leaves out what comes to nothing, and of windows what
 * is over at `ledgerTimeMs`. Answers undefined when there is nothing to do. Throws DELTA_CONFLICT when
 * somebody removed one of the files meanwhile.
 */
export async function compactView(
  storage: Storage,
  cache: ObjectCache,
  view: View,
  ledgerTimeMs: number,
  limits: Pick<CompactionLimits, 'filesMin'>,
): Promise<Compacted | undefined> {
  const table = await openView(storage, view);
  const name = viewTableName(view);
  const files = [...(await table.readSnapshot()).files.values()];
  if (files.length < limits.filesMin || isSummedUp(files)) return undefined;
  await mkdir(storage.scratchFolder, { recursive: true });
  const path = join(storage.scratchFolder, `compact-${randomUUID()}.parquet`);
  const written = await withLocalFiles(cache, name, files, (paths) =>
    writeParquet(storage.engine, path, viewLayout(view), queryOf(view, paths, ledgerTimeMs)),
  );
  const columns = viewColumns(view);
  const stored = await storeFile(storage, name, written, {
    columns,
    prefix: PART,
    partitionValues: {},
  });
  await table.commit({
    commitId: compactionId(name, files),
    operation: 'OPTIMIZE',
    adds: stored === undefined ? [] : [stored],
    removes: files.map((file) => file.path),
    isBlindAppend: false,
    // The sums are the same, the rows are not.
    dataChange: true,
  });
  return { files: files.length, bytesRead: bytesOf(files), bytes: written.bytes };
}

/** Whether there are no two rows of one cell, measure and part, and none that comes to nothing. */
function isSummedUp(files: readonly DataFile[]): boolean {
  return files.every(({ path }) => path.startsWith(`${PART}-`)) && files.length <= 1;
}

function queryOf(view: View, paths: readonly string[], ledgerTimeMs: number): string {
  const keys = viewColumns(view)
    .map(({ name }) => name)
    .filter((name) => name !== 'value')
    .map(identifier)
    .join(', ');
  const list = `[${paths.map(literal).join(', ')}]`;
  const current =
    view.name === 'activity'
      ? `WHERE ${windows
          .map((window) => {
            const first = literal(firstBucket(window, ledgerTimeMs));
            return `("window" = ${literal(window.name)} AND bucket >= ${first})`;
          })
          .join(' OR ')}`
      : '';
  return `
    SELECT ${keys}, sum(value)::BIGINT AS value FROM read_parquet(${list}) ${current}
    GROUP BY ${keys} HAVING sum(value) <> 0`;
}
