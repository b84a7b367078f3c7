import type { ObjectStore } from '../object-store/object-store.ts';
import type { DeltaLog } from './delta-log.ts';
import { isHidden } from './vacuum.ts';

/** What a table was before a version, and is no more. */
export type ForgottenHistory = {
  /** Paths of data files that were deleted. */
  readonly dataFiles: readonly string[];
  /** Keys of commits and checkpoints that were deleted: statistics in them tell of the data. */
  readonly logFiles: readonly string[];
};

/** A data file that no version has: `isStray` says whether it is one that was given up. */
export type StoredFile = { readonly path: string; readonly modifiedAtMs: number };

/**
 * See DeltaTable.forgetBefore. The log goes last: whatever dies before finds there again what is still to be
 * deleted.
 */
export async function forgetBefore(
  log: DeltaLog,
  { store, table }: { readonly store: ObjectStore; readonly table: string },
  version: number,
  isStray: (file: StoredFile) => boolean,
): Promise<ForgottenHistory> {
  const { snapshot: at } = await log.load(version);
  await log.writeCheckpoint(at);
  // Everything hangs on this checkpoint from now on: it must be readable.
  await log.load(version);
  // Listed before the table is read: what a commit adds meanwhile is either not listed, or known.
  const stored = await store.list(`${table}/`);
  const { snapshot: newest } = await log.load();
  const unneeded = stored.filter(({ key, modifiedAtMs }) => {
    const path = key.slice(table.length + 1);
    if (isHidden(path) || at.files.has(path) || newest.files.has(path)) return false;
    if (at.tombstones.has(path)) return true;
    return !newest.tombstones.has(path) && isStray({ path, modifiedAtMs });
  });
  await store.delete(unneeded.map(({ key }) => key));
  const logFiles = (await log.list())
    .filter((file) => file.version < version)
    .map(({ entry }) => entry.key);
  await store.delete(logFiles);
  return { dataFiles: unneeded.map(({ key }) => key.slice(table.length + 1)), logFiles };
}
