import { AppError, type RetryClass } from '@passport/runtime';

const retryClasses = {
  OBJECT_EXISTS: 'never',
  OBJECT_KEY_INVALID: 'never',
  OBJECT_TOO_LARGE: 'never',
  /** The store cannot be reached or does not answer in time; what was asked may have happened. */
  OBJECT_STORE_UNAVAILABLE: 'same-id',
  /** The store answered that it will not: credentials, bucket, malformed request. */
  OBJECT_STORE_REFUSED: 'never',
  /** An object is not there, or not of the size that its user knows. */
  OBJECT_DAMAGED: 'never',
  /** All that the cache holds is in use, and there is no room for more. */
  OBJECT_CACHE_FULL: 'same-id',
} as const satisfies Record<string, RetryClass>;

/** The codes of {@link ObjectStoreError}. */
export type ObjectStoreErrorCode = keyof typeof retryClasses;

/** An expected failure of an object store or of a cache over it. */
export class ObjectStoreError extends AppError {
  constructor(code: ObjectStoreErrorCode, message: string, cause?: unknown) {
    super(message, { code, retry: retryClasses[code], cause });
  }
}

/** Whether an error says that there is an object under the key of a conditional put. */
export function isObjectExists(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.code === 'OBJECT_EXISTS';
}
