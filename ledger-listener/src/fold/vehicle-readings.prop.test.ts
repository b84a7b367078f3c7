import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  CHUNK_MAX,
  orderOf,
  PLACES,
  readingOf,
  ReadingsBesideLists,
  SortedStore,
} from './testing/readings-beside-lists.ts';
import { vids } from './testing/random-changes.ts';
import { VehicleReadings } from './vehicle-readings.ts';

const vid = fc.constantFrom(...vids);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ vid, put: fc.nat(PLACES), km: fc.nat(99) }) },
  { weight: 4, arbitrary: fc.record({ vid, remove: fc.nat(PLACES) }) },
  // Many at once, behind each other: as most readings come.
  { weight: 1, arbitrary: fc.record({ vid, from: fc.nat(PLACES), count: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.constantFrom('seal' as const, 'written' as const, 'stored' as const) },
  { weight: 2, arbitrary: fc.record({ begin: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constantFrom('discard' as const, 'failed' as const) },
);

function expectSame([found, wanted]: readonly [unknown, unknown]): void {
  expect(found).toEqual(wanted);
}

test('the readings of vehicles are next to each other as in a sorted list, in whatever chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const both = new ReadingsBesideLists();
      for (const each of steps) {
        if (typeof each === 'string') both[each]();
        else if ('begin' in each) await both.begin(each.begin);
        else if ('put' in each) {
          await both.put(each.vid, each.put, each.km);
          expectSame(both.around(each.vid, each.put));
        } else if ('remove' in each) {
          await both.remove(each.vid, each.remove);
          expectSame(both.around(each.vid, each.remove));
        } else {
          for (let next = 0; next < each.count; next += 1) {
            await both.put(each.vid, each.from + next, each.count + next);
          }
        }
        // Between these, no more is at hand than changes have asked for.
        if (each === 'stored' || each === 'discard') {
          for (const one of vids) await both.bring(one);
          expect(both.found).toEqual(both.wanted);
        }
        const [stored, wanted] = both.inStore;
        expect(stored).toEqual(wanted);
        for (const size of both.chunkSizes) {
          expect(size).toBeGreaterThan(0);
          expect(size).toBeLessThanOrEqual(CHUNK_MAX);
        }
      }
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

test('readings that came together are one chunk, and none of an odometer that has none left', async () => {
  const store = new SortedStore();
  const readings = new VehicleReadings(store, CHUNK_MAX);
  const [one] = vids;
  if (one === undefined) throw new Error('no vehicle');
  readings.begin(one);
  const commit = async () => {
    readings.seal();
    store.write(await readings.writes(1));
    readings.stored(1, vids.length);
  };
  for (const place of [1, 2, 3]) readings.put(one, orderOf(place), readingOf(place));
  await commit();
  expect(store.size).toBe(1);
  await readings.bring(one, { from: orderOf(1), isInOrder: false });
  for (const place of [1, 2, 3]) readings.remove(one, orderOf(place));
  await commit();
  expect(store.size).toBe(0);
});
