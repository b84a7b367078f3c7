export type { ExactAt } from './exact-at.ts';
export { HistoryError, type HistoryErrorCode } from './history-error.ts';
export { GrowingHistory, type LedgerBlock, readChain } from './history/growing-history.ts';
export { Market, type ReaderKey } from './sealed/market.ts';
export type { History } from './history/history.ts';
export { answerReleased, type ReleasedAnswer } from './released/answer-released.ts';
export { type Batch, batchesOf, type ReleaseQuestion } from './released/batches.ts';
export { sumsOf, valuesOf } from './released/contents.ts';
export {
  type AnswerMade,
  batchContributors,
  type Contributors,
  contributorsOf,
} from './settled/contributors.ts';
export {
  type Amounts,
  shareAmounts,
  splitAmount,
  total,
  weightsTogether,
} from './settled/money.ts';
export { answerVehicle, type VehicleAnswer, type VehicleEvent } from './vehicle/answer-vehicle.ts';
export { answerView, type ViewAnswer, type ViewQuestion } from './views/answer-view.ts';
