import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CallerLimits } from './caller-limits.ts';

const BURST = 3;
const limit = { burst: BURST, perSecond: 1 };
const CALLERS_MAX = 4;

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 4_000 }),
  caller: fc.integer({ min: 0, max: 12 }),
});

describe('limits of callers', () => {
  test('let each through as often as allowed, bound what is remembered, and say when to come back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const limits = new CallerLimits(limit, CALLERS_MAX);
        const passed = new Map<number, number>();
        let nowMs = 0;
        let all = 0;
        for (const { waitMs, caller } of steps) {
          nowMs += waitMs;
          const wait = limits.take(String(caller), nowMs);
          if (wait === 0) {
            passed.set(caller, (passed.get(caller) ?? 0) + 1);
            all += 1;
          }
          expect(wait).toBeLessThanOrEqual(1_000);
          expect(limits.size).toBeLessThanOrEqual(CALLERS_MAX);
          const seconds = nowMs / 1000;
          // One who was in the crowd may have a bucket of their own later.
          expect(passed.get(caller) ?? 0).toBeLessThanOrEqual(2 * (BURST + seconds));
          expect(all).toBeLessThanOrEqual((CALLERS_MAX + 1) * (BURST + seconds));
        }
      }),
    );
  });

  test('are of one caller, and no other’s', () => {
    const limits = new CallerLimits(limit, CALLERS_MAX);
    const often = Array.from({ length: BURST + 1 }, () => limits.take('a', 0));
    expect(often).toEqual([0, 0, 0, 1_000]);
    expect(limits.take('b', 0)).toBe(0);
    expect(limits.take('a', 500)).toBe(500);
    expect(limits.take('a', 1_000)).toBe(0);
  });

  test('forget who they were, once it changes nothing for them', () => {
    const limits = new CallerLimits(limit, CALLERS_MAX);
    for (const caller of ['a', 'b', 'c']) limits.take(caller, 0);
    limits.take('d', 999);
    expect(limits.size).toBe(4);
    limits.take('d', 1_000);
    limits.take('d', 1_000);
    expect(limits.size).toBe(1);
  });

  test('forget nobody who has asked often, however many others come', () => {
    const limits = new CallerLimits(limit, 1);
    for (let index = 0; index < BURST; index += 1) limits.take('often', 0);
    const crowd = Array.from({ length: 10 }, (_, index) => limits.take(`new ${index}`, 0));
    expect(crowd.filter((wait) => wait === 0)).toHaveLength(BURST);
    expect(limits.take('often', 0)).toBe(1_000);
    // Their bucket is full again, and they have no need to be remembered.
    expect(limits.take('new', BURST * 1_000)).toBe(0);
    expect(limits.size).toBe(1);
  });
});
