/**
 * What may be tried again after an error: the same request under the same id (it may have
 * happened), the same intent under a new id (it has not happened and this id is spent), or nothing.
 */
export type RetryClass = 'same-id' | 'new-id' | 'never';

/** An expected failure. `code` is stable and for programs, `message` is for people. */
export class AppError extends Error {
  readonly code: string;
  readonly retry: RetryClass;

  constructor(
    message: string,
    options: { readonly code: string; readonly retry: RetryClass; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.retry = options.retry;
  }
}
