export { emptyArchive, type ViewArchive, type Watermark } from './reader/view-archive.ts';
