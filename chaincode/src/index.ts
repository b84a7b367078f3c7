export type { Flag, LogBook, MileageEntry, Registration } from './log-book.ts';
export type { PassportErrorCode } from './passport-error.ts';
export { parseVid, type Vid, vidOfBytes } from './vid.ts';
