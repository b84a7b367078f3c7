export type { ExactAt } from './exact-at.ts';
export { HistoryError, type HistoryErrorCode } from './history-error.ts';
export { GrowingHistory, type LedgerBlock, readChain } from './history/growing-history.ts';
export type { History } from './history/history.ts';
export { answerReleased, type ReleasedAnswer } from './released/answer-released.ts';
export { type Batch, batchesOf, type ReleaseQuestion } from './released/batches.ts';
export { sumsOf, valuesOf } from './released/contents.ts';
export { answerVehicle, type VehicleAnswer, type VehicleEvent } from './vehicle/answer-vehicle.ts';
export { answerView, type ViewAnswer, type ViewQuestion } from './views/answer-view.ts';
