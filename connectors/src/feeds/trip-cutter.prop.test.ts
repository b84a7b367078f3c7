import fc from 'fast-check';
import { expect, test } from 'vitest';

import { distanceM } from '../geo/distance.ts';
import { defaultFleetLimits } from './fleet-limits.ts';
import { Refusals } from './refusals.ts';
import { type Position, type PositionRefusal, type Trip, TripCutter } from './trip-cutter.ts';

/** A step as a bus makes it: without such, hardly any positions would make a trip. */
const driving = fc.record({
  seconds: fc.integer({ min: 5, max: 60 }),
  north: fc.double({ min: 50, max: 120, noNaN: true }),
  east: fc.double({ min: -20, max: 20, noNaN: true }),
  speedMps: fc.constant(null),
  broken: fc.constant(false),
});

/** A wild step: standing, jumping, with and without gaps, zeros and nonsense. */
const wild = fc.record({
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 5000 }),
  ),
  north: fc.oneof(
    fc.double({ min: -60, max: 60, noNaN: true }),
    fc.double({ min: -3000, max: 3000, noNaN: true }),
    fc.constant(0),
  ),
  east: fc.oneof(
    fc.double({ min: -60, max: 60, noNaN: true }),
    fc.double({ min: -3000, max: 3000, noNaN: true }),
    fc.constant(0),
  ),
  speedMps: fc.oneof(fc.double(), fc.double({ min: 0, max: 40 }), fc.constant(null)),
  broken: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const positions = fc
  .array(fc.oneof({ weight: 4, arbitrary: driving }, { weight: 1, arbitrary: wild }), {
    maxLength: 80,
  })
  .map((steps) => {
    let timeMs = 1_426_680_000_000;
    let lat = 30;
    let lon = -97;
    return steps.map(({ seconds, north, east, speedMps, broken }): Position => {
      timeMs += seconds * 1000;
      lat += north / 111_195;
      lon += east / 96_000;
      return { timeMs, lat: broken ? 0 : lat, lon, speedMps, serviceDay: 16_512 };
    });
  });

function cut(input: readonly Position[]): { trips: Trip[]; refusedRows: number } {
  const refusals = new Refusals<PositionRefusal>();
  const cutter = new TripCutter(defaultFleetLimits, refusals);
  const trips = [...input.map((position) => cutter.push(position)), cutter.finish()];
  return {
    trips: trips.filter((trip) => trip !== undefined),
    refusedRows: refusals.take().reduce((sum, { rows }) => sum + rows, 0),
  };
}

test('each position is in one trip or refused for one reason', () => {
  fc.assert(
    fc.property(positions, (input) => {
      const { trips, refusedRows } = cut(input);
      const used = trips.reduce((sum, trip) => sum + trip.positions, 0);
      expect(used + refusedRows).toBe(input.length);
    }),
  );
});

test('trips are possible: finite, not negative, no faster than the limit, one after the other', () => {
  fc.assert(
    fc.property(positions, (input) => {
      let endMs = 0;
      let trackedMetres = 0;
      for (const trip of cut(input).trips) {
        const durationMs = trip.end.timeMs - trip.start.timeMs;
        const slack = 1 + 1e-3;
        expect(trip.metres).toBeGreaterThanOrEqual(defaultFleetLimits.tripMetresMin);
        expect(trip.movingMs).toBeGreaterThan(0);
        expect(trip.movingMs).toBeLessThanOrEqual(durationMs);
        expect(trip.maxSpeedMps).toBeLessThanOrEqual(defaultFleetLimits.speedMpsMax * slack);
        expect((trip.metres * 1000) / durationMs).toBeLessThanOrEqual(trip.maxSpeedMps * slack);
        expect(trip.start.timeMs).toBeGreaterThanOrEqual(endMs);
        trackedMetres += trip.metres;
        expect(trip.trackedMetres).toBeGreaterThanOrEqual(trackedMetres - 1e-6);
        endMs = trip.end.timeMs;
      }
    }),
  );
});

test('a trip is at least as long as the line from its start to its end', () => {
  fc.assert(
    fc.property(positions, (input) => {
      for (const { start, end, metres } of cut(input).trips) {
        const line = distanceM(start.lat, start.lon, end.lat, end.lon);
        expect(metres).toBeGreaterThanOrEqual(line - 1e-6);
      }
    }),
  );
});

test('distance adds up: what a gap cuts in two is as long as both together', () => {
  fc.assert(
    fc.property(positions, positions, (first, second) => {
      // A day apart, whatever happened in the first.
      const later = second.map((position) => ({
        ...position,
        timeMs: position.timeMs + 30 * 86_400_000,
      }));
      const metresOf = (input: readonly Position[]): number =>
        cut(input).trips.reduce((sum, trip) => sum + trip.metres, 0);
      expect(metresOf([...first, ...later])).toBeCloseTo(metresOf(first) + metresOf(later), 3);
    }),
  );
});
