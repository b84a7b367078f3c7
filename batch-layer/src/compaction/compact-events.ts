import { createHash, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DataFile } from '../delta/snapshot.ts';
import { compact } from '../duckdb/write-parquet.ts';
import type { ObjectCache } from '../object-store/object-cache.ts';
import { keyOfFile, openEvents, type Storage } from '../storage.ts';
import { storeFile } from '../store-file.ts';
import { eventColumns, EVENTS, eventsLayout } from '../tables/events-table.ts';
import { withLocalFiles } from './local-files.ts';

/** When and how files of events are made into larger ones. */
export type CompactionLimits = {
  /** Smaller files than this are worth it, bytes. */
  readonly fileBytesMin: number;
  /** A new file is made of so many bytes at most. */
  readonly fileBytesMax: number;
  /** It is done when there are so many small files of a partition, or of a view. */
  readonly filesMin: number;
};

export const defaultCompactionLimits: CompactionLimits = {
  fileBytesMin: 64 * 1024 ** 2,
  fileBytesMax: 128 * 1024 ** 2,
  filesMin: 4,
};

/** What a compaction came to. */
export type Compacted = {
  readonly files: number;
  readonly bytesRead: number;
  readonly bytes: number;
};

/** Bytes of some files. */
export function bytesOf(files: readonly DataFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Makes small files of a partition into one, sorted by vehicle and day. Rows only move. Answers undefined
 * when there is nothing to do. Throws DELTA_CONFLICT when somebody removed one of the files meanwhile:
 * rows that were erased do not come back.
 */
export async function compactEvents(
  storage: Storage,
  cache: ObjectCache,
  partition: number,
  limits: CompactionLimits,
): Promise<Compacted | undefined> {
  const table = await openEvents(storage);
  const { files } = await table.readSnapshot();
  const own = [...files.values()].filter(
    ({ partitionValues }) => partitionValues['partition'] === String(partition),
  );
  const chosen = choose(own, limits);
  if (chosen.length < limits.filesMin) return undefined;
  await mkdir(storage.scratchFolder, { recursive: true });
  const path = join(storage.scratchFolder, `compact-${randomUUID()}.parquet`);
  const written = await withLocalFiles(cache, EVENTS, chosen, (paths) =>
    compact(storage.engine, paths, path, eventsLayout),
  );
  const add = await storeFile(storage, EVENTS, written, {
    columns: eventColumns,
    prefix: `partition=${partition}/part`,
    partitionValues: { partition: String(partition) },
  });
  await table.commit({
    commitId: compactionId(EVENTS, chosen),
    operation: 'OPTIMIZE',
    adds: add === undefined ? [] : [add],
    removes: chosen.map((file) => file.path),
    isBlindAppend: false,
    dataChange: false,
  });
  return { files: chosen.length, bytesRead: bytesOf(chosen), bytes: written.bytes };
}

/** A compaction's name: the same whenever the same files are made into one. */
export function compactionId(table: string, files: readonly DataFile[]): string {
  const names = files.map(({ path }) => keyOfFile(table, path)).sort();
  return `compact ${createHash('sha256').update(names.join()).digest('hex')}`;
}

/** The small files of some, by name, as many as one new file may have. */
export function choose(files: readonly DataFile[], limits: CompactionLimits): DataFile[] {
  const chosen: DataFile[] = [];
  let bytes = 0;
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (file.bytes >= limits.fileBytesMin || bytes + file.bytes > limits.fileBytesMax) continue;
    bytes += file.bytes;
    chosen.push(file);
  }
  return chosen;
}
