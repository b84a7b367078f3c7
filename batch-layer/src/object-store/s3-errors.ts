import { S3ServiceException } from '@aws-sdk/client-s3';

import { ObjectStoreError } from './object-store-error.ts';

/** Status codes after which another attempt may help. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/**
 * What an S3 request's failure means. 412 answers a conditional put where there is an object; 409
 * says that another conditional request was under way, so nobody knows yet, and that one should
 * ask again (S3 User Guide, "How to prevent object overwrites with conditional writes").
 */
export function storeErrorOf(error: unknown, key: string): unknown {
  if (error instanceof ObjectStoreError) return error;
  const status = statusOf(error);
  if (status === 412) {
    return new ObjectStoreError('OBJECT_EXISTS', `there is an object ${key}`, error);
  }
  const isPassing = status === undefined ? isFailedTransport(error) : passing.has(status);
  const isConflict = status === 409 && nameOf(error) === 'ConditionalRequestConflict';
  if (isPassing || isConflict || nameOf(error) === 'RequestTimeout') {
    return new ObjectStoreError(
      'OBJECT_STORE_UNAVAILABLE',
      `the object store failed at ${key}: ${describe(error)}`,
      error,
    );
  }
  if (status === undefined) return error;
  return new ObjectStoreError(
    'OBJECT_STORE_REFUSED',
    `the object store refused ${key}: ${describe(error)}`,
    error,
  );
}

/** Whether there is no such object; a bucket that is not there is another matter. */
export function isNoSuchObject(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';
}

/** Whether the store may have done it, and may do it at another attempt. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.code === 'OBJECT_STORE_UNAVAILABLE';
}

const transportNames = new Set(['TimeoutError', 'AbortError', 'ConnectTimeoutError']);

/** No answer, or a broken one: the connection failed, or the checksum of what came does not fit. */
function isFailedTransport(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (transportNames.has(error.name)) return true;
  if ('code' in error && typeof error.code === 'string') return true;
  return /aborted|socket hang up|checksum mismatch|deserializ|terminated/i.test(error.message);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
