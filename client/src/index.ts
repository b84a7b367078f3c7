export * from './browser.ts';
export { type VerifiedCertificate, verifyCertificate } from './certificate/verify-certificate.ts';
export { readErasures, type VerifiedErasure } from './erasure/read-erasures.ts';
export { eventsAsNdjson } from './export/export-vehicle.ts';
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
export type { SettlementCheck } from './verify/check-settlement.ts';
export { verifySettlement, type SettlementOptions } from './verify/verify-settlement.ts';
export { VerifyError, type VerifyErrorCode } from './verify/verify-error.ts';
