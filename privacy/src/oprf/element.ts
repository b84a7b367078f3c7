import { ECDH } from 'node:crypto';

import { PassportError } from '@passport/model';

import { pointOf } from './secret-scalar.ts';
import { type CurvePoint, ELEMENT_BYTES } from './suite.ts';

/** Reads a point as it goes over the wire. Throws PassportError `OPRF_ELEMENT_INVALID`. */
export function readElement(element: Uint8Array): CurvePoint {
  if (element.length === ELEMENT_BYTES) {
    try {
      const point = ECDH.convertKey(element, 'prime256v1', undefined, undefined, 'uncompressed');
      if (point instanceof Uint8Array && point.length === 65) return pointOf(point);
    } catch {
      // OpenSSL says only that it could not: it is not on the curve.
    }
  }
  throw new PassportError('OPRF_ELEMENT_INVALID', 'an element is no point on P-256');
}
