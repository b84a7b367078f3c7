import { AppError, type RetryClass } from '@passport/runtime';

/** Why nothing can be said about an answer. */
export type VerifyErrorCode =
  /** The options do not go together. */
  | 'USAGE'
  /** The API cannot be reached, or has no answer yet. */
  | 'API_UNREACHABLE'
  /** The answer is sold. */
  | 'PAYMENT_REQUIRED'
  /** The API refuses the question; its own code and words are in the message. */
  | 'API_REFUSED'
  /** What the API has sent is no answer. */
  | 'ANSWER_MALFORMED'
  /** The ledger cannot be reached, or its stream breaks. */
  | 'LEDGER_UNREACHABLE'
  /** The ledger does not have the block that the answer is to be exact at. */
  | 'LEDGER_BEHIND'
  /** The ledger's blocks are no chain, or cannot be read. */
  | 'LEDGER_UNREADABLE';

/** An answer could not be verified: neither right nor wrong is shown by it. */
export class VerifyError extends AppError {
  /** HTTP status of the API, where that is what failed. */
  readonly status: number | undefined;
  /** The API's own code of a refusal. */
  readonly apiCode: string | undefined;

  constructor(
    code: VerifyErrorCode,
    message: string,
    more: {
      readonly cause?: unknown;
      readonly retry?: RetryClass;
      readonly status?: number;
      readonly apiCode?: string | undefined;
    } = {},
  ) {
    super(message, { code, retry: more.retry ?? 'never', cause: more.cause });
    this.status = more.status;
    this.apiCode = more.apiCode;
  }
}
