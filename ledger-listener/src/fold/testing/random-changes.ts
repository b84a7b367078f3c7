import {
  chainOrder,
  type EventPlace,
  type FoldMemory,
  type KeptEvent,
  parseDay,
  parseSourceId,
  parseVid,
  type Vid,
} from '@passport/model';
import fc from 'fast-check';

export const vids = ['a', 'b'].map((letter) => parseVid(`${letter.repeat(25)}a`));
export const sources = ['MakerMSP/main', 'MakerMSP/main-2'].map((source) => parseSourceId(source));
const kinds = ['workshop', 'telematics', 'claims'] as const;
const days = ['2025-12-31', '2026-01-01', '2026-01-02'].map((day) => parseDay(day));

const vid = fc.constantFrom(...vids);
const source = fc.constantFrom(...sources);
const order = fc
  .record({ day: fc.constantFrom(...days), block: fc.nat(3), index: fc.nat(2) })
  .map(({ day, block, index }) => chainOrder(day, { block, tx: 0, index }));

/** One call that changes the memory. */
export const change = fc.oneof(
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
  // One that is there, of whatever range.
  fc.record({ call: fc.constant('change' as const), nth: fc.nat(), index: fc.nat(2) }),
  fc.record({ call: fc.constant('consent' as const), vid, epoch: fc.integer({ min: 1, max: 9 }) }),
);
export type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes the same change to any memory; entries are numbered, so that each is written once. */
export function make(memory: FoldMemory, change: Change, entry: number): void {
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
    case 'change': {
      const there = vids.flatMap((each) =>
        [...memory.events(each)].map((event) => [each, ...event]),
      );
      const [of, place] = (there[change.nth % there.length] ?? []) as [Vid?, EventPlace?];
      if (of === undefined || place === undefined) return;
      return memory.changeEvent(of, { ...place, index: change.index }, eventOf(entry, 9));
    }
    case 'consent':
      return memory.putConsent(change.vid, {
        ...{ owners: [], grants: [], readers: [], erased: [change.epoch, entry] },
      });
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
export function everything(memory: FoldMemory, entries: number): object {
  const orders = days.flatMap((day) =>
    [0, 1, 2, 3].flatMap((block) =>
      [0, 1, 2].map((index) => chainOrder(day, { block, tx: 0, index })),
    ),
  );
  return {
    kinds: sources.map((each) => memory.sourceKind(each)),
    vehicles: vids.map((each) => ({
      traits: memory.traits(each),
      consent: memory.consent(each),
      all: [...memory.events(each)],
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
