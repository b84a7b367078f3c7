import {
  chainOrder,
  type FoldMemory,
  type KeptEvent,
  memoryOfMaps,
  parseDay,
  parseSourceId,
  parseVid,
} from '@passport/model';
import { temporaryFolder } from '@passport/testkit';
import fc from 'fast-check';
import { open } from 'lmdb';
import { describe, expect, test } from 'vitest';

import { FoldStore } from './fold-store.ts';

const TIMEOUT_MS = 60_000;

const vids = ['a', 'b'].map((letter) => parseVid(`${letter.repeat(25)}a`));
const sources = ['MakerMSP/main', 'MakerMSP/main-2'].map((source) => parseSourceId(source));
const kinds = ['workshop', 'telematics', 'claims'] as const;
const days = ['2025-12-31', '2026-01-01', '2026-01-02'].map((day) => parseDay(day));

const vid = fc.constantFrom(...vids);
const source = fc.constantFrom(...sources);
const order = fc
  .record({ day: fc.constantFrom(...days), block: fc.nat(3), index: fc.nat(2) })
  .map(({ day, block, index }) => chainOrder(day, { block, tx: 0, index }));

/** One call that changes the memory. */
const change = fc.oneof(
  fc.record({ call: fc.constant('kind' as const), source, kind: fc.constantFrom(...kinds) }),
  fc.record({ call: fc.constant('traits' as const), vid, brand: fc.constantFrom('A', 'B') }),
  fc.record({
    call: fc.constant('entry' as const),
    vid,
    source,
    events: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ call: fc.constant('reading' as const), vid, source, order, km: fc.nat(9) }),
  fc.record({ call: fc.constant('remove' as const), vid, order }),
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

const step = fc.oneof(
  { weight: 8, arbitrary: change },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'commit' as const,
      'discard' as const,
      'reopen' as const,
      'clear' as const,
    ),
  },
);

/** Makes the same change to any memory; entries are numbered, so that each is written once. */
function make(memory: FoldMemory, change: Change, entry: number): void {
  switch (change.call) {
    case 'kind':
      return memory.putSourceKind(change.source, change.kind);
    case 'traits':
      return memory.putTraits(change.vid, {
        brand: change.brand,
        model: 'm',
        energy: 'e',
        region: 'r',
      });
    case 'entry':
      for (let index = 0; index < change.events; index += 1) {
        memory.putEvent(change.vid, { source: change.source, entry, index }, eventOf(entry, index));
      }
      return;
    case 'reading':
      return memory.putReading(change.vid, change.order, {
        km: change.km,
        arrivedKm: entry,
        cell: 'c',
        source: change.source,
        qualityIndex: entry,
        flags: entry % 2 === 0 ? [] : ['late'],
      });
    case 'remove':
      return memory.removeReading(change.vid, change.order);
  }
}

/** Each combination of what may be left out comes along. */
function eventOf(entry: number, index: number): KeptEvent {
  const number = entry * 3 + index;
  return {
    kind: 'trip',
    at: days[0] ?? parseDay('2026-01-01'),
    sourceKind: 'workshop',
    order: `order ${number}`,
    ledgerTimeMs: 1_770_000_000_000 + number,
    qualityIndex: number,
    flags: number % 2 === 0 ? [] : ['odometer-lower-than-before'],
    fields:
      number % 3 === 0
        ? {}
        : { 'Vehicle.TripMeterReading': number, 'Passport.Incident.Severity': 'x' },
    ...(number % 4 < 2 ? {} : { odometerKm: 0 }),
    ...(number % 5 < 4 ? {} : { formerOdometerKm: number }),
    ...(number % 7 < 4 ? {} : { generated: true }),
  };
}

/** All that can be asked. */
function everything(memory: FoldMemory, entries: number): unknown {
  const orders = days.flatMap((day) =>
    [0, 1, 2, 3].flatMap((block) =>
      [0, 1, 2].map((index) => chainOrder(day, { block, tx: 0, index })),
    ),
  );
  return {
    kinds: sources.map((each) => memory.sourceKind(each)),
    vehicles: vids.map((each) => ({
      traits: memory.traits(each),
      before: orders.map((at) => memory.readingBefore(each, at)),
      after: orders.map((at) => memory.readingAfter(each, at)),
      events: sources.map((from) =>
        Array.from({ length: entries + 1 }, (_, entry) =>
          [0, 1, 2].map((index) => memory.event(each, { source: from, entry, index })),
        ),
      ),
    })),
  };
}

const height = { ledger: 'fabric:0', number: 7, hash: 'h', roots: {}, ledgerTimeMs: 1 };

describe('the memory of the fold in a folder', () => {
  test(
    'answers as one of maps, committed, cut off and opened again at any time',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
          const folder = await temporaryFolder('fold-store');
          let store = FoldStore.open(folder.path);
          let committed: [Change, number][] = [];
          let pending: [Change, number][] = [];
          let maps = memoryOfMaps();
          let entries = 0;
          try {
            for (const each of steps) {
              if (typeof each === 'object') {
                entries += 1;
                pending.push([each, entries]);
                make(store, each, entries);
                make(maps, each, entries);
              } else if (each === 'commit') {
                await store.commit({ ...height, number: entries });
                committed.push(...pending);
                pending = [];
                expect(store.height?.number).toBe(entries);
              } else {
                if (each === 'discard') store.discard();
                else if (each === 'clear') await store.clear();
                else {
                  await store.close();
                  store = FoldStore.open(folder.path);
                }
                if (each === 'clear') committed = [];
                pending = [];
                maps = memoryOfMaps();
                for (const [kept, entry] of committed) make(maps, kept, entry);
              }
              expect(everything(store, entries)).toEqual(everything(maps, entries));
            }
          } finally {
            await store.close();
            await folder.remove();
          }
        }),
        { numRuns: 100 },
      );
    },
    TIMEOUT_MS,
  );

  test('has no height when another version has written it', async () => {
    const folder = await temporaryFolder('fold-store');
    try {
      const first = FoldStore.open(folder.path);
      await first.commit(height);
      expect(first.height).toEqual(height);
      await first.close();
      const root = open<string, string>({
        path: folder.path,
        noSubdir: false,
        encoding: 'msgpack',
      });
      await root.put('signals', 'other,signals');
      await root.close();
      const later = FoldStore.open(folder.path);
      expect(later.height).toBeUndefined();
      await later.close();
    } finally {
      await folder.remove();
    }
  });
});
