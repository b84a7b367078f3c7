import fc from 'fast-check';
import { expect, test } from 'vitest';

import { longsOf } from './longs.ts';

const edges = [0, 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1].flatMap((value) => [value, -value, value - 1]);
const whole = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges));

test('longs are the whole numbers that they were written of', () => {
  fc.assert(
    fc.property(fc.array(whole), (values) => {
      const longs = longsOf(values.length, (row) => values[row] ?? 0);
      expect([...longs]).toEqual(values.map(BigInt));
    }),
  );
});
