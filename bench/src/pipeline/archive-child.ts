import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  BATCH_MEMORY_MB,
  openStorage,
  ReleaseStates,
  runArchive,
  runCompaction,
} from '@passport/batch-layer';
import { runWithDeltalake } from '@passport/batch-layer/testing';

import { median } from '../figure.ts';
import { benchLogger, EPOCH_BLOCKS, openBenchLog } from './bench-log.ts';

/** What archiving all closed epochs came to. */
export type ArchiveRun = {
  readonly rows: number;
  readonly elapsedMs: number;
  readonly watermark: number;
  /** Undefined where there were too few files to compact. */
  readonly compaction: CompactionRun | undefined;
};

/** The same files compacted by us, and sorted by delta-rs: bytes of the files read in a millisecond, medians of the turns. */
export type CompactionRun = { readonly bytesPerMs: number; readonly deltaRsBytesPerMs: number };

/** Both in turns: the machine may be slow for as long as one of them takes. */
const TURNS = 3;

const [brokers = '', name = '', directory = '', blocks = '0', turns = String(TURNS)] =
  process.argv.slice(2);
const log = await openBenchLog(brokers, name);
const opened = await openIn(directory);
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

function openIn(root: string): ReturnType<typeof openStorage> {
  return openStorage(
    {
      objectFolder: objectsOf(root),
      scratchDirectory: join(root, 'scratch'),
      s3Region: '',
      s3Bucket: '',
      s3SilenceMs: 15_000,
      cacheBytesMax: 2 ** 32,
      duckdbMemoryMb: BATCH_MEMORY_MB,
      duckdbThreads: 1,
    },
    (error) => benchLogger.warn({ event: 'bench.checkpoint_failed', error }),
  );
}

function objectsOf(root: string): string {
  return join(root, 'objects');
}

/** Compacts copies in turns, then what is archived. */
async function compactionRun(): Promise<CompactionRun | undefined> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < Number(turns); turn += 1) {
    const root = join(directory, `turn-${turn}`);
    await cp(objectsOf(directory), objectsOf(root), { recursive: true });
    await cp(join(objectsOf(directory), 'events'), join(root, 'delta-rs'), { recursive: true });
    const bytesPerMs = await compactedBy(root);
    if (bytesPerMs === 0) return undefined;
    ours.push(bytesPerMs);
    theirs.push(await sortedByDeltaRs(join(root, 'delta-rs')));
    await rm(root, { recursive: true });
  }
  if (ours.length === 0) return undefined;
  await runCompaction(storage, cache, log.partitions);
  return { bytesPerMs: median(ours), deltaRsBytesPerMs: median(theirs) };
}

async function compactedBy(root: string): Promise<number> {
  const copy = await openIn(root);
  const beginMs = performance.now();
  const { bytesRead } = await runCompaction(copy.storage, copy.cache, log.partitions);
  const ms = performance.now() - beginMs;
  await copy.close();
  return bytesRead / ms;
}

async function sortedByDeltaRs(uri: string): Promise<number> {
  const sorted = await runWithDeltalake('z-order.py', { uri, columns: ['vid', 'at'] });
  const { ms, bytesRead } = sorted as { readonly ms: number; readonly bytesRead: number };
  return bytesRead / ms;
}
