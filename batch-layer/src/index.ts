export { objectOptions, objectSettings, openStorage } from './config.ts';
export { DeltaArchive } from './reader/delta-archive.ts';
export {
  emptyArchive,
  type ReleaseArchive,
  type ReleasedBatch,
  type ViewArchive,
  type Watermark,
} from './reader/view-archive.ts';
export { runArchive, runCompaction } from './run-archive.ts';
