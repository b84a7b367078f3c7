import fc from 'fast-check';
import { expect, test } from 'vitest';

import { linear, niceTicks } from './scale.ts';

const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });

test('niceTicks, any range: they ascend by one step and hold the range', () => {
  fc.assert(
    fc.property(whole, fc.nat(2_000_000), fc.integer({ min: 1, max: 12 }), (from, span, count) => {
      const ticks = niceTicks(from, from + span, count);
      const [first = 0, second = first] = ticks;
      expect(first).toBeLessThanOrEqual(from);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(from + span);
      expect(ticks.length).toBeLessThanOrEqual(count + 3);
      for (const [at, tick] of ticks.entries())
        expect(tick).toBeCloseTo(first + at * (second - first), 6);
    }),
  );
});

test('linear, the ends of a range: they are the ends of the other, and order is kept', () => {
  fc.assert(
    fc.property(whole, fc.integer({ min: 1, max: 1_000_000 }), fc.nat(1000), (from, span, part) => {
      const at = linear([from, from + span], [40, 600]);
      expect(at(from)).toBe(40);
      expect(at(from + span)).toBeCloseTo(600, 6);
      const inside = from + (span * part) / 1000;
      expect(at(inside)).toBeGreaterThanOrEqual(40 - 1e-9);
      expect(at(inside)).toBeLessThanOrEqual(600 + 1e-9);
    }),
  );
});

test('niceTicks, a range of parts of one: it is divided, too', () => {
  expect(niceTicks(0, 0.152, 4)).toHaveLength(5);
  expect(niceTicks(0, 0.152, 4).at(-1)).toBeCloseTo(0.2, 9);
});
