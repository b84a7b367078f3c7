import type { ReleasedBatch } from '@passport/batch-layer';
import type { AnswerColumn, AnswerRow, ErrorCode } from '@passport/model';

import type { SqlLimits } from './limits.ts';

/** What the process is told when it starts, as JSON in its first argument. */
export type FenceStart = Omit<SqlLimits, 'workers' | 'waitingMax'>;

/** A statement, and what it may read. */
export type FencedQuestion = {
  readonly sql: string;
  /** Tables by name, without a schema. */
  readonly tables: readonly string[];
  /** Batches that were released later are not there. */
  readonly block: number;
};

/** What the process is asked; it answers one after the other. */
export type ToFence =
  | { readonly id: number; readonly kind: 'batches'; readonly batches: readonly ReleasedBatch[] }
  /** What came since the last time is to be seen, all at once. */
  | { readonly id: number; readonly kind: 'commit'; readonly block: number }
  | ({ readonly id: number; readonly kind: 'question' } & FencedQuestion);

/** What it answers. */
export type FromFence =
  | { readonly kind: 'ready' }
  /** It ends itself: it has more in memory than it may. */
  | { readonly kind: 'memory' }
  | { readonly id: number; readonly kind: 'done' }
  | { readonly id: number; readonly kind: 'rows'; readonly rows: FencedRows }
  | {
      readonly id: number;
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly detail: string;
    }
  /** A bug: the process is not to be trusted any more. */
  | { readonly id: number; readonly kind: 'broken'; readonly detail: string };

/** The answer to a statement. */
export type FencedRows = {
  readonly columns: readonly Pick<AnswerColumn, 'name' | 'type'>[];
  readonly rows: readonly AnswerRow[];
};
