import { createECDH, type ECDH } from 'node:crypto';

import { p256 } from '@noble/curves/nist.js';

import { bytesOf, type CurvePoint, numberOf, ORDER } from './suite.ts';

const CURVE = 'prime256v1';
const { Fp } = p256.Point;
const { a, b } = p256.Point.CURVE();

/**
 * A scalar that multiplies points by OpenSSL, which is about ten times as fast as big integers of
 * JavaScript, and takes the same time for every scalar. OpenSSL's ECDH gives x of the product only; y
 * comes from x of the product and of the next one (Brier and Joye, "Weierstraß Elliptic Curves and
 * Side-Channel Attacks", PKC 2002, proposition 3), and that the result is on the curve is checked.
 */
export class SecretScalar {
  readonly value: bigint;
  readonly #scalar: ECDH;
  readonly #next: ECDH;

  /** Throws RangeError unless the scalar is from 1 to the order - 2, for the next one counts too. */
  constructor(value: bigint) {
    if (value < 1n || value > ORDER - 2n) throw new RangeError('no scalar of P-256');
    this.value = value;
    this.#scalar = keyOf(value);
    this.#next = keyOf(value + 1n);
  }

  /** The scalar times the base point. */
  get point(): CurvePoint {
    return pointOf(this.#scalar.getPublicKey());
  }

  /** The scalar times a point. Throws where that is none of the curve. */
  multiply(point: CurvePoint): CurvePoint {
    const bytes = Buffer.concat([Uint8Array.of(4), bytesOf(point.x), bytesOf(point.y)]);
    const x = numberOf(this.#scalar.computeSecret(bytes));
    const next = numberOf(this.#next.computeSecret(bytes));
    return { x, y: requireOnCurve(x, productY(point, x, next)) };
  }
}

/** Reads an uncompressed point that OpenSSL gave. */
export function pointOf(uncompressed: Uint8Array): CurvePoint {
  return { x: numberOf(uncompressed.subarray(1, 33)), y: numberOf(uncompressed.subarray(33)) };
}

/** y of the product: (2b + (a + x_P x)(x_P + x) - x_next (x_P - x)^2) / 2 y_P. */
function productY(point: CurvePoint, x: bigint, next: bigint): bigint {
  const difference = point.x - x;
  const sum = 2n * b + (a + point.x * x) * (point.x + x) - next * difference * difference;
  return Fp.mul(Fp.create(sum), Fp.inv(Fp.create(2n * point.y)));
}

function requireOnCurve(x: bigint, y: bigint): bigint {
  if (Fp.create(y * y) === Fp.create(x * x * x + a * x + b)) return y;
  throw new Error('a product of OpenSSL is not on the curve');
}

function keyOf(value: bigint): ECDH {
  const key = createECDH(CURVE);
  key.setPrivateKey(bytesOf(value));
  return key;
}
