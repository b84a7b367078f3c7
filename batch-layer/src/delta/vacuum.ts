import type { ObjectStore } from '../object-store/object-store.ts';
import { DeltaError } from './delta-error.ts';
import { tombstoneRetentionMs } from './protocol.ts';
import type { Snapshot } from './snapshot.ts';

/** What a vacuum needs of a table. */
export type VacuumedTable = {
  readonly store: ObjectStore;
  readonly table: string;
  /** The newest. */
  readonly readSnapshot: () => Promise<Snapshot>;
};

/** See DeltaTable.vacuum. */
export async function vacuum(
  { store, table, readSnapshot }: VacuumedTable,
  retentionMs: number,
  now: Date,
): Promise<string[]> {
  const cutoffMs = now.getTime() - retentionMs;
  // Listed before the table is read: what a commit adds meanwhile is either not listed, or known.
  const stored = await store.list(`${table}/`);
  const { files, tombstones, metadata } = await readSnapshot();
  const rememberedMs = tombstoneRetentionMs(metadata);
  if (retentionMs > rememberedMs) {
    const message = `the log remembers removals for ${rememberedMs} ms, not ${retentionMs}`;
    throw new DeltaError('DELTA_RETENTION', message);
  }
  const unneeded = stored.filter(({ key, modifiedAtMs }) => {
    const path = key.slice(table.length + 1);
    if (isHidden(path) || files.has(path) || modifiedAtMs >= cutoffMs) return false;
    const tombstone = tombstones.get(path);
    return tombstone === undefined || tombstone.deletedAtMs < cutoffMs;
  });
  await store.delete(unneeded.map(({ key }) => key));
  return unneeded.map(({ key }) => key.slice(table.length + 1));
}

/** The log, and what tools keep beside the data. */
export function isHidden(path: string): boolean {
  return /^[_.]/.test(path);
}
