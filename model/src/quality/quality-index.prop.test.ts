import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Flag, flags } from '../events/flags.ts';
import { methods } from '../events/methods.ts';
import { dayOf, parseDay } from '../time/day.ts';
import { type Evidence, qualityIndex } from './quality-index.ts';
import { defaultQualityRules, qualityRules, type QualityRules } from './rules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const RECORDED_MS = Date.UTC(2026, 10, 23);

const score = fc.integer({ min: 0, max: 1000 });
const scoresOf = <Name extends string>(names: readonly Name[]) =>
  fc
    .tuple(...names.map(() => score))
    .map(
      (scores) =>
        Object.fromEntries(names.map((name, i) => [name, scores[i] ?? 0])) as Record<Name, number>,
    );

const rules: fc.Arbitrary<QualityRules> = fc.record({
  probation: score,
  methods: scoresOf(methods),
  flags: scoresOf(flags),
  timeliness: fc
    .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 5 })
    .chain((days) =>
      fc
        .tuple(...days.map(() => score))
        .map((scores) =>
          [...days].sort((a, b) => a - b).map((day, i) => ({ days: day, score: scores[i] ?? 0 })),
        ),
    ),
  latest: score,
  kmPerDayMax: fc.integer({ min: 1, max: 5000 }),
});

const evidence: fc.Arbitrary<Evidence> = fc.record({
  source: score,
  method: fc.constantFrom(...methods),
  flags: fc.subarray<Flag>([...flags]),
  at: fc.integer({ min: -1, max: 600 }).map((days) => dayOf(RECORDED_MS - days * DAY_MS)),
  recordedOn: fc.constant(dayOf(RECORDED_MS)),
});

/** The largest whole number whose fourth power is no more, by halving, in bigint. */
function fourthRootOf(value: bigint): bigint {
  let [low, high] = [0n, 1_001n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** 4n <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** An event whose four sub-scores are these. */
function indexOf([source, method, plausibility, timeliness]: readonly number[]): number {
  const rulesOf: QualityRules = {
    ...defaultQualityRules,
    methods: { ...defaultQualityRules.methods, expert: method ?? 0 },
    flags: { ...defaultQualityRules.flags, late: plausibility ?? 0 },
    timeliness: [{ days: 0, score: timeliness ?? 0 }],
  };
  const day = parseDay('2026-11-23');
  const of: Evidence = {
    ...{ source: source ?? 0, method: 'expert', flags: ['late'], at: day, recordedOn: day },
  };
  return qualityIndex(of, rulesOf).index;
}

describe('the quality index', () => {
  test('is the whole part of the fourth root of the product, by another way to take it', () => {
    fc.assert(
      fc.property(evidence, rules, (of, by) => {
        const { index, source, method, plausibility, timeliness } = qualityIndex(of, by);
        const product = [source, method, plausibility, timeliness]
          .map(BigInt)
          .reduce((a, b) => a * b, 1n);
        expect(BigInt(index)).toBe(fourthRootOf(product));
        for (const each of [index, source, method, plausibility, timeliness]) {
          expect(Number.isInteger(each) && each >= 0 && each <= 1000).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is exact just below, at and above every fourth power', () => {
    // Square numbers and their neighbours are where a rounded square root goes wrong.
    for (let root = 1; root <= 1000; root += 1) {
      expect(indexOf([root, root, root, root])).toBe(root);
      expect(indexOf([root, root, root, root - 1])).toBe(root - 1);
    }
  });

  test('never falls when a sub-score rises', () => {
    const four = fc.tuple(score, score, score, score);
    fc.assert(
      fc.property(four, fc.nat(3), fc.nat(1000), (scores, place, more) => {
        const better = scores.map((each, i) => (i === place ? Math.min(1000, each + more) : each));
        expect(indexOf(better)).toBeGreaterThanOrEqual(indexOf(scores));
      }),
      { numRuns: 1000 },
    );
  });

  test('never rises with one more flag, and is nothing when a sub-score is', () => {
    fc.assert(
      fc.property(evidence, rules, fc.constantFrom(...flags), (of, by, flag) => {
        const flagged = { ...of, flags: [...of.flags, flag] };
        expect(qualityIndex(flagged, by).index).toBeLessThanOrEqual(qualityIndex(of, by).index);
      }),
    );
    expect(indexOf([1000, 1000, 1000, 0])).toBe(0);
    expect(indexOf([1000, 1000, 1000, 1000])).toBe(1000);
  });

  test('is no better for one bad score than the others can pay for', () => {
    expect(indexOf([1000, 1000, 150, 1000])).toBe(622);
    expect(indexOf([600, 900, 1000, 1000])).toBe(857);
  });

  test.each([
    [0, 1000],
    [2, 1000],
    [3, 950],
    [7, 950],
    [8, 900],
    [30, 900],
    [31, 750],
    [365, 750],
    [366, 600],
    [-1, 1000],
  ])('recorded %d days after it, an event has timeliness %d', (days, timeliness) => {
    const of: Evidence = {
      ...{ source: 1000, method: 'expert', flags: [], recordedOn: dayOf(RECORDED_MS) },
      at: dayOf(RECORDED_MS - days * DAY_MS),
    };
    expect(qualityIndex(of, defaultQualityRules)).toMatchObject({ timeliness });
  });
});

describe('the rules', () => {
  test('that are built in are rules, and so are all that the tests make', () => {
    expect(qualityRules.parse(defaultQualityRules)).toEqual(defaultQualityRules);
    fc.assert(
      fc.property(rules, (by) => {
        expect(qualityRules.parse(by)).toEqual(by);
      }),
    );
  });
});
