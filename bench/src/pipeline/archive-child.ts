import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import {
  BATCH_MEMORY_MB,
  openStorage,
  ReleaseStates,
  runArchive,
  runCompaction,
} from '@passport/batch-layer';
import { runWithDeltalake } from '@passport/batch-layer/testing';

import { benchLogger, EPOCH_BLOCKS, openBenchLog } from './bench-log.ts';

/** What archiving all closed epochs came to. */
export type ArchiveRun = {
  readonly rows: number;
  readonly elapsedMs: number;
  readonly watermark: number;
  /** Undefined where there were too few files to compact. */
  readonly compaction: CompactionRun | undefined;
};

/** The same files compacted by us, and sorted by delta-rs; the bytes are those of the files read. */
export type CompactionRun = {
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly deltaRsBytes: number;
  readonly deltaRsMs: number;
};

const [brokers = '', name = '', directory = '', blocks = '0'] = process.argv.slice(2);
const objects = join(directory, 'objects');
const log = await openBenchLog(brokers, name);
const opened = await openStorage(
  {
    objectFolder: objects,
    scratchDirectory: join(directory, 'scratch'),
    s3Region: '',
    s3Bucket: '',
    s3SilenceMs: 15_000,
    cacheBytesMax: 2 ** 32,
    duckdbMemoryMb: BATCH_MEMORY_MB,
    duckdbThreads: 1,
  },
  (error) => benchLogger.warn({ event: 'bench.checkpoint_failed', error }),
);
const { storage, cache } = opened;
const startedMs = performance.now();
// The service keeps them, too.
const states = new ReleaseStates();
const options = { log, storage, epochBlocks: EPOCH_BLOCKS, states };
const epochs = Math.floor(Number(blocks) / EPOCH_BLOCKS);
// The service compacts between epochs; here it is done once, before the last of them.
const before = await runArchive(options, Math.max(1, epochs - 1));
const archiveMs = performance.now() - startedMs;
const compaction = await compactionRun();
const againMs = performance.now();
const last = await runArchive(options, epochs);
const elapsedMs = archiveMs + performance.now() - againMs;
const archived = { rows: before.rows + last.rows, watermark: last.watermark };
await states.close();
await opened.close();
await log.close();
process.send?.({ ...archived, elapsedMs, compaction } satisfies ArchiveRun);
process.disconnect();

async function compactionRun(): Promise<CompactionRun | undefined> {
  const copy = join(directory, 'delta-rs');
  await cp(join(objects, 'events'), copy, { recursive: true });
  const compactedMs = performance.now();
  const { bytesRead } = await runCompaction(storage, cache, log.partitions);
  const oursMs = performance.now() - compactedMs;
  if (bytesRead === 0) return undefined;
  const ask = { uri: copy, columns: ['vid', 'at'] };
  const theirs = (await runWithDeltalake('z-order.py', ask)) as {
    readonly ms: number;
    readonly bytesRead: number;
  };
  return {
    bytes: bytesRead,
    elapsedMs: oursMs,
    deltaRsBytes: theirs.bytesRead,
    deltaRsMs: theirs.ms,
  };
}
