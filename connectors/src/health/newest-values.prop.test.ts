import fc from 'fast-check';
import { expect, test } from 'vitest';

import { NewestValues } from './newest-values.ts';

const part = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);

test('quantile, any values: that part of the newest 256 is not above it, and less is below it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 400 }), part, (values, of) => {
      const newest = new NewestValues();
      for (const value of values) newest.add(value);
      const kept = values.slice(-256);
      const found = newest.quantile(of) ?? Number.NaN;
      const count = (is: (value: number) => boolean): number => kept.filter(is).length;
      expect(count((value) => value <= found)).toBeGreaterThanOrEqual(of * kept.length - 1e-9);
      expect(count((value) => value < found)).toBeLessThan(of * kept.length);
    }),
  );
  expect(new NewestValues().quantile(0.5)).toBeUndefined();
});
