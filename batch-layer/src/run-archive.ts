import type { EventLog } from '@passport/event-log';
import { lastBlockOf } from '@passport/model';

import { defaultCompactionLimits } from './compaction/compact-events.ts';
import { compactPartitions } from './compaction/compact-partitions.ts';
import { archiveEpoch } from './epoch/archive-epoch.ts';
import type { ObjectCache } from './object-store/object-cache.ts';
import type { ReleaseStates } from './release/release-state.ts';
import type { Storage } from './storage.ts';
import { Watermarks } from './watermark/watermarks.ts';

/**
 * Archives so many closed epochs one after the other, without jobs: to rebuild an archive by hand, and
 * to measure. Answers its rows, and the block that it has come to. Throws what archiveEpoch throws.
 */
export async function runArchive(
  options: {
    readonly log: EventLog;
    readonly storage: Storage;
    readonly epochBlocks: number;
    /** What is kept from one call to the next. Whoever has it closes it. */
    readonly states: ReleaseStates;
  },
  epochs: number,
): Promise<{ readonly rows: number; readonly watermark: number }> {
  const { storage } = options;
  const watermarks = new Watermarks(storage.store);
  const { signal } = new AbortController();
  let rows = 0;
  let newest = await watermarks.newest();
  while ((newest?.block ?? -1) < lastBlockOf(epochs - 1, options.epochBlocks)) {
    let own = 0;
    newest = await archiveEpoch(
      newest,
      { ...options, closedEpochs: epochs, onProgress: (done) => (own = done.rows) },
      signal,
    );
    rows += own;
    await watermarks.moveTo(newest);
  }
  return { rows, watermark: newest?.block ?? -1 };
}

/**
 * Compacts the lines of all partitions until nothing is left to do, without jobs. Answers the bytes of
 * the files that it read. Throws what compactPartitions throws.
 */
export async function runCompaction(
  storage: Storage,
  cache: ObjectCache,
  partitions: number,
): Promise<{ readonly bytesRead: number }> {
  let bytesRead = 0;
  const all = { partitions, limits: defaultCompactionLimits };
  await compactPartitions(storage, cache, all, (done) => (bytesRead += done.bytesRead));
  return { bytesRead };
}
