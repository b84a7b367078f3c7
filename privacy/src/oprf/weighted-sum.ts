import { p256 } from '@noble/curves/nist.js';

import { type Multiplicand, SecretScalar } from './secret-scalar.ts';
import type { CurvePoint } from './suite.ts';

/** The sum of points, each times its weight: what a proof of many elements is about. */
export function weightedSum(
  points: readonly Multiplicand[],
  weights: readonly bigint[],
): CurvePoint {
  let sum = p256.Point.ZERO;
  for (const [index, point] of points.entries()) {
    const weighted = new SecretScalar(weights[index] ?? 0n).multiply(point);
    sum = sum.add(p256.Point.fromAffine(weighted));
  }
  return sum.toAffine();
}
