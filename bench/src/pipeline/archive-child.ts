import { openStorage, runArchive } from '@passport/batch-layer';

import { benchLogger, EPOCH_BLOCKS, openBenchLog } from './bench-log.ts';

/** What archiving all closed epochs came to. */
export type ArchiveRun = {
  readonly rows: number;
  readonly elapsedMs: number;
  readonly compactedBytes: number;
  readonly compactMs: number;
  readonly watermark: number;
};

const [brokers = '', name = '', directory = '', blocks = '0'] = process.argv.slice(2);
const log = await openBenchLog(brokers, name);
const opened = await openStorage(
  {
    objectFolder: `${directory}/objects`,
    scratchDirectory: `${directory}/scratch`,
    s3Region: '',
    s3Bucket: '',
    cacheBytesMax: 2 ** 32,
    duckdbMemoryMb: 512,
    duckdbThreads: 2,
  },
  (error) => benchLogger.warn({ event: 'bench.checkpoint_failed', error }),
);
const epochs = Math.floor(Number(blocks) / EPOCH_BLOCKS);
const run = await runArchive(
  { log, storage: opened.storage, cache: opened.cache, epochBlocks: EPOCH_BLOCKS },
  epochs,
);
await opened.close();
await log.close();
process.send?.(run satisfies ArchiveRun);
process.disconnect();
