import { AppError, type RetryClass } from '@passport/runtime';

/** Why a relay did not do what it was asked for. */
export type RelayErrorCode =
  /** It cannot be reached, or has no answer yet; a command may have been executed. */
  | 'RELAY_UNREACHABLE'
  /** It, or the ledger, refuses; `refusal` is the code of the model's catalogue. */
  | 'RELAY_REFUSED'
  /** What it asks to sign is something else than it was asked for. */
  | 'SIGNING_REFUSED'
  /** What it has sent is no answer. */
  | 'ANSWER_MALFORMED';

/** A relay could not do it. */
export class RelayError extends AppError {
  /** The code of a refusal, as the contracts have it: `GRANT_UNKNOWN`. */
  readonly refusal: string | undefined;

  constructor(
    code: RelayErrorCode,
    message: string,
    more: {
      readonly cause?: unknown;
      readonly retry?: RetryClass;
      readonly refusal?: string | undefined;
    } = {},
  ) {
    super(message, { code, retry: more.retry ?? 'never', cause: more.cause });
    this.refusal = more.refusal;
  }
}
