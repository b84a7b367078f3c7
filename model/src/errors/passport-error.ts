import { type ErrorCode, errorCatalogue, type RetryClass } from './catalogue.ts';

/**
 * A request that the product refuses. Of a contract's error only the message reaches the client,
 * through Fabric's shim, so the message begins with the code: `VEHICLE_UNKNOWN: …`.
 */
export class PassportError extends Error {
  readonly code: ErrorCode;
  /** What is wrong here, without the code. */
  readonly detail: string;
  /** JSON pointer (RFC 6901) into the request, where one part of it is to blame. */
  readonly pointer: string | undefined;

  constructor(code: ErrorCode, detail: string, pointer?: string) {
    super(pointer === undefined ? `${code}: ${detail}` : `${code}: ${detail} (at ${pointer})`);
    this.name = 'PassportError';
    this.code = code;
    this.detail = detail;
    this.pointer = pointer;
  }

  get retry(): RetryClass {
    return errorCatalogue[this.code].retry;
  }
}
