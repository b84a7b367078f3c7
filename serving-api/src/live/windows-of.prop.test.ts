import { instantOf, type ReleasePoint, windows } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { windowsOf } from './windows-of.ts';

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2026, 10, 28);

const point = fc.record({
  beforeMs: fc.integer({ min: 0, max: 10 * DAY_MS }),
  events: fc.integer({ min: -5, max: 1_000 }),
  trips: fc.integer({ min: -5, max: 1_000 }),
  distanceM: fc.integer({ min: -5, max: 1_000_000 }),
  batches: fc.integer({ min: 1, max: 9 }),
});

const points = fc.array(point, { maxLength: 40 }).map((list): ReleasePoint[] =>
  list
    .toSorted((one, other) => other.beforeMs - one.beforeMs)
    .map(({ beforeMs, ...sums }, block) => ({
      ...{ block, ledgerTime: instantOf(END_MS - beforeMs), ...sums },
    })),
);

test('windows have what was released in their time, and nothing else', () => {
  fc.assert(
    fc.property(points, (list) => {
      const answer = windowsOf(list, END_MS, true);
      expect(answer.map(({ window }) => window)).toEqual(windows.map(({ name }) => name));
      for (const [place, { lengthMs }] of windows.entries()) {
        const own = list.filter(({ ledgerTime }) => END_MS - Date.parse(ledgerTime) < lengthMs);
        const sum = (name: 'events' | 'trips' | 'distanceM' | 'batches'): number =>
          own.reduce((total, each) => total + each[name], 0);
        expect(answer[place]).toMatchObject({
          ...{ events: sum('events'), trips: sum('trips'), distanceM: sum('distanceM') },
          ...{ batches: sum('batches'), releases: own.length, isWhole: true },
        });
      }
    }),
  );
});

test('a window that began before all that is known is not whole', () => {
  const known = (beforeMs: number): ReleasePoint[] => [
    {
      ...{ block: 7, ledgerTime: instantOf(END_MS - beforeMs) },
      ...{ events: 1, trips: 1, distanceM: 1, batches: 1 },
    },
  ];
  const wholes = (list: ReleasePoint[]) =>
    windowsOf(list, END_MS, false).map(({ isWhole }) => isWhole);
  expect(wholes([])).toEqual([false, false, false]);
  expect(wholes(known(2 * DAY_MS))).toEqual([true, true, false]);
  expect(wholes(known(8 * DAY_MS))).toEqual([true, true, true]);
});
