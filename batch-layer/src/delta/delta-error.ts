import { AppError, type RetryClass } from '@passport/runtime';

const retryClasses = {
  DELTA_TABLE_MISSING: 'never',
  /** There is a table of another schema. */
  DELTA_TABLE_EXISTS: 'never',
  /** There is no such version, or none any more. */
  DELTA_VERSION_MISSING: 'never',
  /** Another commit took what this one needs; look at the table and decide anew. */
  DELTA_CONFLICT: 'new-id',
  /** Other commits won until the attempts were spent. */
  DELTA_CONTENTION: 'same-id',
  DELTA_PROTOCOL_UNSUPPORTED: 'never',
  DELTA_LOG_INVALID: 'never',
  /** A commit names a data file that is not stored, or of another size. */
  DELTA_FILE_MISSING: 'never',
  /** The table only grows (`delta.appendOnly`). */
  DELTA_APPEND_ONLY: 'never',
  /** A vacuum would have to keep files for longer than the log knows of them. */
  DELTA_RETENTION: 'never',
} as const satisfies Record<string, RetryClass>;

/** The codes of {@link DeltaError}. */
export type DeltaErrorCode = keyof typeof retryClasses;

/** An expected failure of a Delta table. */
export class DeltaError extends AppError {
  constructor(code: DeltaErrorCode, message: string, cause?: unknown) {
    super(message, { code, retry: retryClasses[code], cause });
  }
}
