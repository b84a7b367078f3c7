import fc from 'fast-check';
import { expect, test } from 'vitest';

import { earnedByDay, pccByDay } from './earned-by-day.ts';

const sales = fc.array(
  fc.record({
    product: fc.constantFrom('fleet-usage', 'mileage-statistics'),
    soldAt: fc
      .date({ min: new Date('2026-01-01'), max: new Date('2026-01-05'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    amount: fc.bigInt(0n, 10n ** 9n),
  }),
);

test('earnedByDay, any sales: no micro-PCC and no sale is lost, each day and product comes once', () => {
  fc.assert(
    fc.property(sales, (list) => {
      const days = earnedByDay(list);
      const total = list.reduce((sum, { amount }) => sum + amount, 0n);
      expect(days.reduce((sum, { micro }) => sum + micro, 0n)).toBe(total);
      expect(days.reduce((sum, one) => sum + one.sales, 0)).toBe(list.length);
      expect(new Set(days.map(({ day, product }) => `${day} ${product}`)).size).toBe(days.length);
      expect(days.map(({ day }) => day)).toEqual(
        days
          .map(({ day }) => day)
          .sort()
          .toReversed(),
      );
    }),
  );
});

test('pccByDay, any sales: days ascend, and the sum is the same', () => {
  fc.assert(
    fc.property(sales, (list) => {
      const bars = pccByDay(earnedByDay(list));
      const total = list.reduce((sum, { amount }) => sum + Number(amount), 0) / 1_000_000;
      expect(bars.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(total, 6);
      expect(bars.map(({ label }) => label)).toEqual(
        [...new Set(bars.map(({ label }) => label))].sort(),
      );
    }),
  );
});
