import type { EventLog } from '@passport/event-log';
import { lastBlockOf } from '@passport/model';

import { compactEvents, defaultCompactionLimits } from './compaction/compact-events.ts';
import { compactView } from './compaction/compact-view.ts';
import { archiveEpoch } from './epoch/archive-epoch.ts';
import type { ObjectCache } from './object-store/object-cache.ts';
import { allViews, type Storage } from './storage.ts';
import { Watermarks } from './watermark/watermarks.ts';

/**
 * Archives so many closed epochs one after the other, then compacts, without jobs: to rebuild an archive
 * by hand, and to measure. Answers rows and times in milliseconds.
 */
export async function runArchive(
  options: {
    readonly log: EventLog;
    readonly storage: Storage;
    readonly cache: ObjectCache;
    readonly epochBlocks: number;
  },
  epochs: number,
) {
  const { log, storage, cache, epochBlocks } = options;
  const watermarks = new Watermarks(storage.store);
  const { signal } = new AbortController();
  const ms = (): number => storage.now().getTime();
  const startedMs = ms();
  let rows = 0;
  let newest = await watermarks.newest();
  while ((newest?.block ?? -1) < lastBlockOf(epochs - 1, epochBlocks)) {
    let own = 0;
    newest = await archiveEpoch(
      newest,
      { log, storage, epochBlocks, onProgress: (done) => (own = done.rows) },
      signal,
    );
    rows += own;
    await watermarks.moveTo(newest);
  }
  const elapsedMs = ms() - startedMs;
  const compactStartedMs = ms();
  let compactedBytes = 0;
  for (let partition = 0; partition < log.partitions; partition += 1) {
    for (;;) {
      const done = await compactEvents(storage, cache, partition, defaultCompactionLimits);
      if (done === undefined) break;
      compactedBytes += done.bytes;
    }
  }
  for (const view of allViews) {
    const at = newest?.ledgerTimeMs ?? 0;
    await compactView(storage, cache, view, at, defaultCompactionLimits);
  }
  const watermark = newest?.block ?? -1;
  return { rows, elapsedMs, compactedBytes, compactMs: ms() - compactStartedMs, watermark };
}
