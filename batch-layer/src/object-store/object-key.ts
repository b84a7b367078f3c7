import { ObjectStoreError } from './object-store-error.ts';

/** The longest key that S3 takes, and the longest name of a file, in bytes. */
const KEY_BYTES_MAX = 1024;
const SEGMENT_BYTES_MAX = 255;

/** Printable ASCII but the backslash: one byte each, and sorted alike by every store. */
const segmentPattern = /^[\x20-\x2e\x30-\x5b\x5d-\x7e]+$/;

/** A first segment that starts like this is the store's own. */
export const RESERVED_PREFIX = '.object-store';

/**
 * Throws OBJECT_KEY_INVALID unless a key is what every store can hold: segments of printable ASCII
 * between slashes, none of them empty, `.` or `..`.
 */
export function checkKey(key: string): void {
  const segments = key.split('/');
  const isValid =
    key.length <= KEY_BYTES_MAX &&
    !key.startsWith(RESERVED_PREFIX) &&
    segments.every((segment) => isSegment(segment));
  if (!isValid) {
    throw new ObjectStoreError('OBJECT_KEY_INVALID', `not an object key: ${JSON.stringify(key)}`);
  }
}

function isSegment(segment: string): boolean {
  if (segment === '.' || segment === '..') return false;
  return segment.length <= SEGMENT_BYTES_MAX && segmentPattern.test(segment);
}

/** The order of keys: by code unit, which for ASCII is the order of their bytes. */
export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
