import { parseMspId } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { IntakeLimits } from './intake-limits.ts';

const garage = parseMspId('GarageMSP');
const maker = parseMspId('MakerMSP');

/** Whether so many may be asked about. */
function asks(limits: IntakeLimits, member: typeof garage, count: number): boolean {
  try {
    limits.take(member, count);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED' });
    return false;
  }
}

describe('the limits of intakes', () => {
  test('let through no more than burst and rate allow, whatever is asked when', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: -1_000, max: 5_000 }),
      count: fc.integer({ min: 1, max: 30 }),
    });
    const limit = fc.record({
      perSecond: fc.integer({ min: 1, max: 10 }),
      burst: fc.integer({ min: 1, max: 50 }),
      perDay: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(
        limit,
        fc.array(step, { maxLength: 60 }),
        ({ perSecond, burst, perDay }, steps) => {
          let nowMs = 1_000_000;
          let latestMs = nowMs;
          let startMs: number | undefined;
          const limits = new IntakeLimits({ perSecond, burst, perDay }, () => new Date(nowMs));
          let taken = 0;
          for (const { waitMs, count } of steps) {
            nowMs += waitMs;
            latestMs = startMs === undefined ? nowMs : Math.max(latestMs, nowMs);
            startMs ??= nowMs;
            if (asks(limits, garage, count)) taken += count;
            const seconds = (latestMs - startMs) / 1000;
            expect(taken).toBeLessThanOrEqual(burst + seconds * perSecond + 1e-6);
            expect(taken).toBeLessThanOrEqual(perDay + (seconds * perDay) / 86_400 + 1e-6);
          }
        },
      ),
    );
  });

  test('refuse what is too much at once, count it not, and let go on after a while', () => {
    let nowMs = 0;
    const limits = new IntakeLimits(
      { perSecond: 2, burst: 10, perDay: 1_000 },
      () => new Date(nowMs),
    );
    expect(asks(limits, garage, 11)).toBe(false);
    expect(asks(limits, garage, 10)).toBe(true);
    expect(asks(limits, garage, 1)).toBe(false);
    nowMs += 500;
    expect(asks(limits, garage, 1)).toBe(true);
    expect(asks(limits, garage, 1)).toBe(false);
  });

  test('of one member are not another’s', () => {
    const limits = new IntakeLimits({ perSecond: 1, burst: 1, perDay: 10 }, () => new Date(0));
    expect(asks(limits, garage, 1)).toBe(true);
    expect(asks(limits, garage, 1)).toBe(false);
    expect(asks(limits, maker, 1)).toBe(true);
  });
});
