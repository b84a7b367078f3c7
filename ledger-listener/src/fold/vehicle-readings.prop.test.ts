import { type ChainReading, chainOrder, parseDay, parseSourceId, parseVid } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type ChunkStore, VehicleReadings } from './vehicle-readings.ts';

const vids = ['a', 'b'].map((letter) => parseVid(`${letter.repeat(25)}a`));
const CHUNK_MAX = 3;
const PLACES = 30;

/** Chunks as an embedded store has them: sorted by key. */
class SortedStore implements ChunkStore {
  readonly #chunks = new Map<string, Uint8Array>();

  get size(): number {
    return this.#chunks.size;
  }

  get(key: string): Uint8Array {
    return this.#chunks.get(key) ?? new Uint8Array(0);
  }

  keys({ start, end, reverse }: Parameters<ChunkStore['keys']>[0]): string[] {
    const sorted = [...this.#chunks.keys()].sort();
    if (reverse !== true) return sorted.filter((key) => key >= start && key < end);
    return sorted.reverse().filter((key) => key <= start && key > end);
  }

  write(changes: ReturnType<VehicleReadings['writes']>): void {
    // All are worked out before any of them is written, as in a commit.
    for (const [key, chunk] of [...changes]) {
      if (chunk === undefined) this.#chunks.delete(key);
      else this.#chunks.set(key, chunk);
    }
  }
}

const orderOf = (place: number): string =>
  chainOrder(parseDay('2026-01-02'), { block: place, tx: 0, index: place % 2 });

const vid = fc.constantFrom(...vids);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ vid, put: fc.nat(PLACES), km: fc.nat(99) }) },
  { weight: 2, arbitrary: fc.record({ vid, remove: fc.nat(PLACES) }) },
  // Many at once, behind each other: as most readings come.
  { weight: 1, arbitrary: fc.record({ vid, from: fc.nat(PLACES), count: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constantFrom('commit' as const, 'discard' as const) },
);

function readingOf(km: number): ChainReading {
  return {
    km,
    arrivedKm: km % 3 === 0 ? km + 1 : km,
    cell: km % 2 === 0 ? 'even' : 'odd',
    source: parseSourceId(km % 5 === 0 ? 'MakerMSP/main' : 'GarageMSP/main'),
    qualityIndex: km,
    flags: km % 7 === 0 ? ['late'] : [],
  };
}

test('the readings of vehicles are next to each other as in a sorted list, in whatever chunks', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const store = new SortedStore();
      const readings = new VehicleReadings(store, CHUNK_MAX);
      let known = vids.map(() => new Map<string, ChainReading>());
      let committed = vids.map(() => new Map<string, ChainReading>());
      const listOf = (of: (typeof vids)[number]) =>
        known[vids.indexOf(of)] ?? new Map<string, ChainReading>();
      const put = (of: (typeof vids)[number], place: number, km: number) => {
        readings.put(of, orderOf(place), readingOf(km));
        listOf(of).set(orderOf(place), readingOf(km));
      };
      for (const each of steps) {
        if (each === 'commit') {
          store.write(readings.writes());
          readings.stored(vids.length);
          committed = known.map((list) => new Map(list));
        } else if (each === 'discard') {
          readings.discard();
          known = committed.map((list) => new Map(list));
        } else if ('put' in each) put(each.vid, each.put, each.km);
        else if ('remove' in each) {
          readings.remove(each.vid, orderOf(each.remove));
          listOf(each.vid).delete(orderOf(each.remove));
        } else {
          for (let next = 0; next < each.count; next += 1) {
            put(each.vid, each.from + next, each.count + next);
          }
        }
        for (const one of vids) {
          const sorted = [...listOf(one)].sort(([a], [b]) => (a < b ? -1 : 1));
          for (let place = -1; place < PLACES + 10; place += 1) {
            const order = place < 0 ? '' : orderOf(place);
            const before = sorted.findLast(([at]) => at < order)?.[1];
            const after = sorted.find(([at]) => at > order)?.[1];
            expect(readings.before(one, order)).toEqual(before);
            expect(readings.after(one, order)).toEqual(after);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('readings that came together are one chunk, and none of an odometer that has none left', () => {
  const store = new SortedStore();
  const readings = new VehicleReadings(store, CHUNK_MAX);
  const [one] = vids;
  if (one === undefined) throw new Error('no vehicle');
  const commit = () => {
    store.write(readings.writes());
    readings.stored(vids.length);
  };
  for (const place of [1, 2, 3]) readings.put(one, orderOf(place), readingOf(place));
  commit();
  expect(store.size).toBe(1);
  for (const place of [1, 2, 3]) readings.remove(one, orderOf(place));
  commit();
  expect(store.size).toBe(0);
});
