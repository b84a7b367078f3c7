import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TRIP_END_MS, TripEnds } from './trip-ends.ts';

test('no place of the first and last minutes is told, and of the others the first and the last', () => {
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60, size: 'max' }),
      (pauses) => {
        const ends = new TripEnds();
        let timeMs = 0;
        const places = [0, ...pauses].map((seconds, number) => {
          timeMs += seconds * 1000;
          return { timeMs, lat: number, lon: 0 };
        });
        for (const { lat, lon, ...at } of places) ends.add(at.timeMs, { lat, lon }, 0);
        const between = places.filter(
          (place) => place.timeMs >= TRIP_END_MS && place.timeMs <= timeMs - TRIP_END_MS,
        );
        const [first, last] = [between[0], between.at(-1)];
        if (first === undefined || last === undefined) expect(ends.ends(timeMs)).toEqual({});
        else {
          told += 1;
          expect(ends.ends(timeMs)).toEqual({
            start: { lat: first.lat, lon: 0 },
            end: { lat: last.lat, lon: 0 },
          });
        }
      },
    ),
  );
  expect(told).toBeGreaterThan(10);
});

test('a trip may end later than its last place', () => {
  const ends = new TripEnds();
  for (let minute = 0; minute <= 10; minute += 1) {
    ends.add(minute * 60_000, { lat: minute, lon: 1 }, 0);
  }
  expect(ends.ends(11 * 60_000)).toEqual({ start: { lat: 3, lon: 1 }, end: { lat: 8, lon: 1 } });
});
