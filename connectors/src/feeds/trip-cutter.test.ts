import { expect, test } from 'vitest';

import { defaultFleetLimits } from './fleet-limits.ts';
import { Refusals } from './refusals.ts';
import { type PositionRefusal, type Trip, TripCutter } from './trip-cutter.ts';

const METRES_PER_DEGREE = 111_195;

/** The one trip of a drive north that is given as seconds and metres. */
function drive(steps: readonly (readonly [second: number, metres: number])[]): Trip | undefined {
  const cutter = new TripCutter(defaultFleetLimits, new Refusals<PositionRefusal>());
  for (const [second, metres] of steps) {
    const lat = 30 + metres / METRES_PER_DEGREE;
    cutter.push({ timeMs: second * 1000, lat, lon: -97, speedMps: null, serviceDay: 0 });
  }
  return cutter.finish();
}

test('positions closer together than the radius of standing are driving all the same', () => {
  const trip = drive(Array.from({ length: 101 }, (_, second) => [second, second * 30]));
  expect(trip?.metres).toBeCloseTo(3000, 0);
  expect(trip?.movingMs).toBe(100_000);
  expect(trip?.maxSpeedMps).toBeCloseTo(30, 1);
});

test('what is wandered while standing adds no distance and is not driven', () => {
  const standing = Array.from({ length: 50 }, (_, n) => [60 + n * 10, 600 + (n % 2) * 40] as const);
  const trip = drive([[0, 0], ...standing, [620, 1200]]);
  expect(trip?.metres).toBeCloseTo(1200, 0);
  expect(trip?.movingMs).toBeLessThan(140_000);
  expect(trip?.end.timeMs).toBe(620_000);
});

test('a leg takes no longer than the time since the one before it', () => {
  const trip = drive([
    [0, 0],
    [60, 600],
    [62, 640],
    [162, 660],
    [200, 1200],
  ]);
  expect(trip?.movingMs).toBe(200_000);
});
