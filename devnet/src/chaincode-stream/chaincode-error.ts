/**
 * Why a chaincode gave no response.
 * - `execution-timeout`: it did not complete in time;
 * - `stream-terminated`: the stream to it ended while it was at work;
 * - `not-connected`: there is no stream to it, and none came about in time;
 * - `duplicate-transaction`: it is already at work on a transaction of this id;
 * - `execution-failed`: it answered with an error in place of a response;
 * - `bad-response`: its response cannot be read;
 * - `invalid-invocation`: it is not defined, or may not be called;
 * - `bad-key-policy`: it writes a key whose own endorsement policy cannot be read;
 * - `aborted`: the caller's signal was aborted.
 */
export type ChaincodeErrorCode =
  | 'execution-timeout'
  | 'stream-terminated'
  | 'not-connected'
  | 'duplicate-transaction'
  | 'execution-failed'
  | 'bad-response'
  | 'invalid-invocation'
  | 'bad-key-policy'
  | 'aborted';

/** A chaincode gave no response. The message is Fabric's own text, except for `aborted`. */
export class ChaincodeError extends Error {
  override readonly name = 'ChaincodeError';
  readonly code: ChaincodeErrorCode;

  constructor(code: ChaincodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The same error one layer up, whose text comes first. */
  within(context: string): ChaincodeError {
    return new ChaincodeError(this.code, `${context}: ${this.message}`, { cause: this });
  }
}
