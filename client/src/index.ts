export { readErasures, type VerifiedErasure } from './erasure/read-erasures.ts';
export { eventsAsNdjson, type ExportDocument, exportVehicleBook } from './export/export-vehicle.ts';
export type { OpenedField, OpenedLine } from './read/open-book.ts';
export type { OwnerKeys, ReaderKeys } from './read/opening-keys.ts';
export type { ProvenAsking } from './read/proven-request.ts';
export { ReadError, type ReadErrorCode } from './read/read-error.ts';
export {
  type BookAsking,
  type BookKeys,
  type OpenedBook,
  readVehicleBook,
} from './read/read-vehicle.ts';
export { whoRead } from './read/who-read.ts';
export { type BlockStream, BLOCK_WAIT_MS, LedgerHistory } from './verify/ledger-history.ts';
export {
  broadQuestions,
  broadReleasedQuestions,
  type Question,
  releasedQuestion,
  viewQuestion,
  type ViewWords,
  wordsOf,
} from './verify/question.ts';
export { type Skipped, verify, type VerifyOptions } from './verify/verify.ts';
export {
  type Answered,
  type Difference,
  type Verdict,
  verifyAnswer,
} from './verify/verify-answer.ts';
export { VerifyError, type VerifyErrorCode } from './verify/verify-error.ts';
