import { cellName, type Fact, firstBucket, instantOf, windows } from '@passport/model';
import { expect, test } from 'vitest';

import { queryCube } from '../cubes/query-cube.ts';
import { CubeSet } from './cube-set.ts';

const HOUR_MS = 3_600_000;
const startMs = Date.UTC(2026, 0, 1);

/** Ten years of hours in the longest window, and an hour of minutes in the shortest. */
function activity(): Fact[] {
  const hours = Array.from({ length: 30_000 }, (_, hour) => ['7d', startMs + hour * HOUR_MS]);
  const endMs = startMs + 29_999 * HOUR_MS;
  const minutes = Array.from({ length: 60 }, (_, minute) => ['1h', endMs + minute * 60_000]);
  return [...hours, ...minutes].map(([window, ms]) => ({
    cell: cellName('activity', [String(window), instantOf(Number(ms)), 'trip', 'telematics']),
    key: 'events',
    delta: 1,
  }));
}

test('buckets that are over in every window go, and answers stay as they are', () => {
  const nowMs = startMs + 29_999 * HOUR_MS + 59 * 60_000;
  const cubes = new CubeSet();
  cubes.add(activity());
  const ask = (window: string) => {
    const floors = new Map(windows.map((each) => [each.name, firstBucket(each, nowMs)]));
    const query = {
      ...{ view: 'activity' as const, metrics: ['events'], by: [], from: undefined, to: undefined },
      filters: { window: [window] },
    };
    const floor = { dimension: 'bucket', from: floors.get(window) ?? '' };
    return queryCube(cubes.cube('activity'), query, floor);
  };
  const before = windows.map(({ name }) => ask(name));
  expect(before).toEqual([[[60]], [[0]], [[7 * 24]]]);
  cubes.pruneActivity(nowMs);
  expect(cubes.cube('activity').rows).toBe(60 + 7 * 24);
  expect(windows.map(({ name }) => ask(name))).toEqual(before);
});

test('few rows are left alone', () => {
  const cubes = new CubeSet();
  cubes.add(activity().slice(0, 1_000));
  cubes.pruneActivity(startMs + 40_000 * HOUR_MS);
  expect(cubes.cube('activity').rows).toBe(1_000);
});
