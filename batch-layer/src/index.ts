export { type BatchState, runBatchLayer } from './batch-service.ts';
export { defaultCompactionLimits } from './compaction/compact-events.ts';
export { BATCH_MEMORY_MB, objectOptions, objectSettings, openStorage } from './config.ts';
export { DeltaArchive } from './reader/delta-archive.ts';
export { JobQueue, type JobQueueOptions } from './jobs/job-queue.ts';
export { openFolderStore } from './object-store/folder-object-store.ts';
export type { ObjectStore } from './object-store/object-store.ts';
export { isObjectExists } from './object-store/object-store-error.ts';
export { isUnavailable as isObjectStoreUnavailable } from './object-store/s3-errors.ts';
export { putOnce } from './object-store/put-once.ts';
export {
  type BatchContributions,
  type ContributionArchive,
  emptyArchive,
  type ReleaseArchive,
  type ReleasedBatch,
  type ViewArchive,
  type Watermark,
} from './reader/view-archive.ts';
export { ReleaseStates } from './release/release-state.ts';
export { runArchive, runCompaction } from './run-archive.ts';
