import { AppError, type RetryClass } from '@passport/runtime';

/** Why a log book was not read. */
export type ReadErrorCode =
  /** The options do not go together, or name what is not there. */
  | 'USAGE'
  /** The API cannot be reached, or has no answer yet. */
  | 'API_UNREACHABLE'
  /** The API refuses; its own code and words are in the message. */
  | 'API_REFUSED'
  /** What the API has sent is no log book. */
  | 'ANSWER_MALFORMED'
  /** The file cannot be written. */
  | 'FILE_NOT_WRITTEN';

/** A log book could not be read. */
export class ReadError extends AppError {
  /** The API's own code of a refusal. */
  readonly apiCode: string | undefined;

  constructor(
    code: ReadErrorCode,
    message: string,
    more: {
      readonly cause?: unknown;
      readonly retry?: RetryClass;
      readonly apiCode?: string | undefined;
    } = {},
  ) {
    super(message, { code, retry: more.retry ?? 'never', cause: more.cause });
    this.apiCode = more.apiCode;
  }
}
