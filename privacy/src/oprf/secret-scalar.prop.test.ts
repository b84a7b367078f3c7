import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { multiplicand, multiplicands, SecretScalar } from './secret-scalar.ts';
import { ORDER } from './suite.ts';

const scalar = fc.bigInt({ min: 1n, max: ORDER - 2n });
const edges = [1n, 2n, 3n, ORDER - 3n, ORDER - 2n];

function requireSame(factor: bigint, of: bigint): void {
  const point = p256.Point.BASE.multiply(of);
  const product = new SecretScalar(factor).multiply(multiplicand(point.toAffine()));
  expect(product).toEqual(point.multiply(factor).toAffine());
}

describe('a product by OpenSSL', () => {
  test('is the one of the library', () => {
    fc.assert(fc.property(scalar, scalar, requireSame), { numRuns: 60 });
  });

  test('is so at the edges too', () => {
    expect(edges).toHaveLength(5);
    for (const factor of edges) for (const of of edges) requireSame(factor, of);
  });

  test('of the base point is so', () => {
    fc.assert(
      fc.property(scalar, (factor) => {
        const expected = p256.Point.BASE.multiply(factor).toAffine();
        expect(new SecretScalar(factor).point).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('of one of many points is the one of that point alone', () => {
    fc.assert(
      fc.property(scalar, fc.array(scalar, { maxLength: 8 }), (factor, of) => {
        const points = of.map((each) => p256.Point.BASE.multiply(each).toAffine());
        const byScalar = new SecretScalar(factor);
        const products = multiplicands(points).map((point) => byScalar.multiply(point));
        expect(products).toEqual(points.map((point) => byScalar.multiply(multiplicand(point))));
      }),
      { numRuns: 20 },
    );
  });

  test.each([0n, ORDER - 1n, ORDER])('is none of %i', (factor) => {
    expect(() => new SecretScalar(factor)).toThrow(RangeError);
  });

  test('is none of a point that is not on the curve', () => {
    const { x, y } = p256.Point.BASE.toAffine();
    expect(() => new SecretScalar(5n).multiply(multiplicand({ x, y: y + 1n }))).toThrow(
      /public key/i,
    );
  });
});
