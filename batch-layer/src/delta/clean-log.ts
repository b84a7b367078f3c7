import type { ObjectStore } from '../object-store/object-store.ts';
import type { DeltaLog } from './delta-log.ts';

/**
 * See DeltaTable.cleanLog; the steps are those of PROTOCOL.md, "Metadata Cleanup". The age of a
 * commit is that of its object, by the store's clock.
 */
export async function cleanLog(
  log: DeltaLog,
  store: ObjectStore,
  retentionMs: number,
  now: Date,
): Promise<number> {
  const cutoffMs = now.getTime() - retentionMs;
  const files = await log.list();
  const commits = files.filter(({ kind }) => kind === 'commit');
  const firstKept = commits.findIndex(({ entry }) => entry.modifiedAtMs >= cutoffMs);
  const old = firstKept < 0 ? commits : commits.slice(0, firstKept);
  const cutoff = old.at(-1)?.version ?? -1;
  const checkpoints = files.filter(
    ({ kind, version }) => kind === 'checkpoint' && version <= cutoff,
  );
  const oldest = checkpoints.at(-1)?.version;
  if (oldest === undefined) return commits[0]?.version ?? 0;
  // Everything before hangs on this checkpoint from now on: it must be readable.
  await log.load(oldest);
  const unneeded = files.filter(({ version }) => version < oldest);
  await store.delete(unneeded.map(({ entry }) => entry.key));
  return oldest;
}
