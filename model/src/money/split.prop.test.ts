import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Share, split } from './split.ts';

const name = fc.string({ minLength: 1, maxLength: 4 });
/** Beyond 2^53, but of few digits: a bigint of thirty takes fast-check minutes to make smaller. */
const large = fc
  .tuple(fc.bigInt(1n, 999n), fc.nat(27))
  .map(([digits, zeros]) => digits * 10n ** BigInt(zeros) + digits);
/** Small weights meet each other, so that remainders are equal. */
const weight = fc.oneof(fc.bigInt(0n, 4n), large);
const shares = fc
  .uniqueArray(fc.record({ name, weight }), {
    selector: (share) => share.name,
    minLength: 1,
    maxLength: 12,
  })
  .filter((list) => list.some((share) => share.weight > 0n));
const micro = fc.oneof(fc.bigInt(0n, 20n), large);

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => a + b, 0n);
const weightsOf = (list: readonly Share<string>[]): bigint =>
  sum(list.map((share) => share.weight));
const byName = (list: readonly Share<string>[], total: bigint): Map<string, bigint> =>
  new Map(split(total, list).map((portion) => [portion.name, portion.micro]));

describe('a split', () => {
  test('pays out exactly what came in, in the order of the shares', () => {
    fc.assert(
      fc.property(micro, shares, (total, list) => {
        const portions = split(total, list);
        expect(sum(portions.map((portion) => portion.micro))).toBe(total);
        expect(portions.map((portion) => portion.name)).toEqual(list.map((share) => share.name));
      }),
    );
  });

  test('gives each the whole part of its quota or one unit more, and nothing for no weight', () => {
    fc.assert(
      fc.property(micro, shares, (total, list) => {
        const weights = weightsOf(list);
        for (const [index, portion] of split(total, list).entries()) {
          const quota = total * (list[index]?.weight ?? 0n);
          const least = quota / weights;
          const most = quota % weights === 0n ? least : least + 1n;
          expect(portion.micro).toBeGreaterThanOrEqual(least);
          expect(portion.micro).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  test('gives the units that are left to the largest remainders', () => {
    fc.assert(
      fc.property(micro, shares, (total, list) => {
        const weights = weightsOf(list);
        const got = split(total, list).map((portion, index) => {
          const quota = total * (list[index]?.weight ?? 0n);
          return { remainder: quota % weights, extra: portion.micro - quota / weights };
        });
        const lucky = got.filter(({ extra }) => extra === 1n).map(({ remainder }) => remainder);
        const unlucky = got.filter(({ extra }) => extra === 0n).map(({ remainder }) => remainder);
        for (const remainder of lucky) {
          expect(unlucky.every((other) => other <= remainder)).toBe(true);
        }
      }),
    );
  });

  test('does not depend on the order of the shares', () => {
    const orders = shares.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(micro, orders, (total, [list, shuffled]) => {
        expect(byName(shuffled, total)).toEqual(byName(list, total));
      }),
    );
  });

  test('of one unit for two equal shares goes to the name that sorts first', () => {
    const equal = [
      { name: 'b', weight: 1n },
      { name: 'a', weight: 1n },
    ];
    expect(split(1n, equal)).toEqual([
      { name: 'b', micro: 0n },
      { name: 'a', micro: 1n },
    ]);
  });

  test.each([
    ['an amount below nothing', -1n, [{ name: 'a', weight: 1n }]],
    ['a weight below nothing', 1n, [{ name: 'a', weight: -1n }]],
    ['no weight at all', 1n, [{ name: 'a', weight: 0n }]],
    ['nobody', 1n, []],
    [
      'a name that comes twice',
      1n,
      [
        { name: 'a', weight: 1n },
        { name: 'a', weight: 2n },
      ],
    ],
  ])('refuses %s', (_, total, list) => {
    expect(() => split(total, list)).toThrow(RangeError);
  });
});
