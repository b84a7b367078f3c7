import { createECDH, type ECDH } from 'node:crypto';

import { p256 } from '@noble/curves/nist.js';

import { bytesOf, type CurvePoint, numberOf, ORDER } from './suite.ts';

const CURVE = 'prime256v1';
const { Fp } = p256.Point;
const { a, b } = p256.Point.CURVE();

/** A point that scalars multiply, and what that takes of it besides: found once for all of them. */
export type Multiplicand = CurvePoint & {
  /** Uncompressed. */
  readonly bytes: Uint8Array;
  /** 1 / 2 y. */
  readonly inverse: bigint;
};

/** Makes points ready to be multiplied: one inversion for all, which is what costs (P. L. Montgomery). */
export function multiplicands(points: readonly CurvePoint[]): Multiplicand[] {
  const inverses = Fp.invertBatch(points.map(({ y }) => Fp.create(2n * y)));
  return points.map((point, index) => ready(point, inverses[index] ?? 0n));
}

/** {@link multiplicands} of one. */
export function multiplicand(point: CurvePoint): Multiplicand {
  return ready(point, Fp.inv(Fp.create(2n * point.y)));
}

function ready({ x, y }: CurvePoint, inverse: bigint): Multiplicand {
  return { x, y, inverse, bytes: Buffer.concat([Uint8Array.of(4), bytesOf(x), bytesOf(y)]) };
}

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
  multiply(point: Multiplicand): CurvePoint {
    const x = numberOf(this.#scalar.computeSecret(point.bytes));
    const next = numberOf(this.#next.computeSecret(point.bytes));
    return { x, y: requireOnCurve(x, productY(point, x, next)) };
  }
}

/** Reads an uncompressed point that OpenSSL gave. */
export function pointOf(uncompressed: Uint8Array): CurvePoint {
  return { x: numberOf(uncompressed.subarray(1, 33)), y: numberOf(uncompressed.subarray(33)) };
}

/** y of the product: (2b + (a + x_P x)(x_P + x) - x_next (x_P - x)^2) / 2 y_P. */
function productY(point: Multiplicand, x: bigint, next: bigint): bigint {
  const difference = point.x - x;
  const sum = 2n * b + (a + point.x * x) * (point.x + x) - next * difference * difference;
  return Fp.mul(Fp.create(sum), point.inverse);
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
