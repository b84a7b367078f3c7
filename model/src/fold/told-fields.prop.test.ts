import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Emit, readCellName, readKey } from '../facts/fact.ts';
import { parseSourceId } from '../identifiers/names.ts';
import { vidOfBytes } from '../identifiers/vid.ts';
import { FactKeys } from '../release/fact-keys.ts';
import { OwnersOfKeys } from '../release/owners-of-keys.ts';
import { nodeFacts, type PendingNode } from '../release/release-node.ts';
import { releaseEpoch } from '../release/release-epoch.ts';
import { releaseOrders } from '../release/release-order.ts';
import type { ReleaseRule } from '../release/release-rule.ts';
import { isUncovered, type Row } from '../release/testing/row-space.ts';
import type { Fields } from '../signals/signals.ts';
import { parseDay } from '../time/day.ts';
import { toldSignals } from '../views/told.ts';
import { CellNames } from './cell-names.ts';
import { contribute } from './contributions.ts';
import type { Contributing } from './ledger-event.ts';
import { type ChainReading, relink } from './odometer-chain.ts';

const rule: ReleaseRule = { vehiclesMin: 3, ownersMin: 1, dominancePermilleMax: 500 };
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60) };
const TIMEOUT_MS = 600_000;
const EPOCHS = 8;
const source = parseSourceId('MakerMSP/a');
const vids = Array.from({ length: 10 }, (_, vehicle) => vidOfBytes(Buffer.alloc(16, vehicle)));

/** A trip of a test: what it tells at first, and an epoch and two later, as its owner opens or closes. */
type ToldTrip = {
  readonly vehicle: number;
  readonly day: number;
  readonly epoch: number;
  readonly told: readonly (readonly number[])[];
};

/** Bits of {@link toldSignals}: those that trips of a test tell or not; they tell all others. */
const optional = [0, 5, 6] as const;
const told = fc
  .tuple(fc.subarray([...optional]), fc.array(fc.subarray([...optional]), { maxLength: 2 }))
  .map(([first, later]) => [first, ...later]);

/** One trip of a vehicle and day: in no cell does it come while another of its own goes. */
const randomTrips: fc.Arbitrary<readonly ToldTrip[]> = fc.uniqueArray(
  fc.record({
    vehicle: fc.nat(vids.length - 1),
    day: fc.nat(3),
    epoch: fc.nat(EPOCHS - 3),
    told,
  }),
  { selector: ({ vehicle, day }) => `${vehicle} ${day}`, minLength: 25, maxLength: 40 },
);

function eventOf({ vehicle, day }: ToldTrip, tells: readonly number[]): Contributing {
  const fields: Fields = Object.fromEntries(
    toldSignals.flatMap(([, signal], place) =>
      tells.includes(place) || !optional.some((each) => each === place)
        ? [[signal, 10 + vehicle]]
        : [],
    ),
  );
  return {
    ...{ kind: 'trip', at: parseDay(`2026-01-0${1 + day}`), flags: [], fields, qualityIndex: 1 },
    ...{ vid: vids[vehicle] ?? vidOfBytes(Buffer.alloc(16)), source, sourceKind: 'telematics' },
    traits: { brand: 'A', model: 'm', energy: 'e', region: 'r' },
  };
}

/** The field that a measure adds up: whoever knows two sums of one field knows their difference. */
function fieldOf(key: string): string {
  const read = readKey(key);
  if (read.type === 'bucket') return read.histogram;
  if (/distance/i.test(key) && key.endsWith('M')) return 'distance';
  if (key.startsWith('fuel')) return 'fuel';
  return key.startsWith('energy') ? 'energy' : key;
}

const MARK = ' of trip ';

/** All sums that batches of `usage` have, each with the trips that told it. */
function publishedSums(trips: readonly ToldTrip[], areApart: boolean): Map<string, Row[]> {
  const rows = new Map<string, Row[]>();
  const known = new FactKeys();
  let pending: readonly PendingNode[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const cells = new Map<string, Map<string, number>>();
    for (const [number, trip] of trips.entries()) {
      const emit: Emit = ({ text: cell }, { text: key }, delta) => {
        const keys = cells.get(cell) ?? new Map<string, number>();
        // Each fact says whose it is, so that sums tell what they are made of.
        const own = readKey(key).type === 'reference' ? key : key + MARK + number;
        const sum = (keys.get(own) ?? 0) + Math.sign(delta);
        if (sum === 0) keys.delete(own);
        else keys.set(own, sum);
        cells.set(cell, keys);
      };
      const sink = { emit, names: new CellNames() };
      const [before, now] = [trip.told[epoch - trip.epoch - 1], trip.told[epoch - trip.epoch]];
      if (now === undefined) continue;
      if (before !== undefined) contribute(eventOf(trip, before), -1, sink);
      contribute(eventOf(trip, now), 1, sink);
    }
    const usage = [...cells].filter(([cell]) => readCellName(cell).view === 'usage');
    const merged = new Map<string, { dimensions: string[]; keys: Map<string, number> }>();
    for (const [cell, keys] of usage) {
      const dimensions = [...readCellName(cell).dimensions];
      if (!areApart) dimensions.splice(-1, 1, 'together');
      const there = merged.get(dimensions.join()) ?? { dimensions, keys: new Map() };
      for (const [key, delta] of keys) there.keys.set(key, (there.keys.get(key) ?? 0) + delta);
      merged.set(dimensions.join(), there);
    }
    const released = releaseEpoch({
      ...{ order: releaseOrders.usage, rule, epoch, pending, keys: known },
      cells: [...merged.values()].map(({ dimensions, keys }) => ({
        dimensions,
        facts: nodeFacts(keys, [], known, (key) =>
          key.includes(MARK) ? { type: 'sum', measure: key } : readKey(key),
        ),
      })),
      ownersOf: new OwnersOfKeys(known, (vid) => vid),
    });
    ({ pending } = released);
    for (const { sums } of released.batches) {
      const measures = new Map<string, Map<string, number>>();
      for (const [key, sign] of sums) {
        const [fact = '', trip = ''] = key.split(MARK);
        const read = readKey(fact);
        // Of a histogram all values count, in whatever bucket.
        const measure = read.type === 'bucket' ? read.histogram : fact;
        const row = measures.get(measure) ?? new Map<string, number>();
        row.set(trip, (row.get(trip) ?? 0) + sign);
        measures.set(measure, row);
      }
      for (const [measure, row] of measures) {
        const field = fieldOf(measure);
        rows.set(field, [...(rows.get(field) ?? []), row]);
      }
    }
  }
  return rows;
}

/** Fields of which all answers together tell what two vehicles, or one, have told by themselves. */
function uncoveredFields(trips: readonly ToldTrip[], areApart: boolean): string[] {
  const rows = [...publishedSums(trips, areApart)];
  return rows.flatMap(([field, sums]) =>
    vids.flatMap((_, one) =>
      vids.slice(one + 1).flatMap((__, more) => {
        const few = [one, one + 1 + more];
        const isOfFew = (trip: string): boolean => few.includes(trips[Number(trip)]?.vehicle ?? -1);
        return isUncovered(sums, isOfFew) ? [`${field} of ${few.join()}`] : [];
      }),
    ),
  );
}

describe('whoever has told a field', () => {
  test(
    'is in a crowd of those who told it, in all sums of it together',
    () => {
      let published = 0;
      fc.assert(
        fc.property(randomTrips, (trips) => {
          expect(uncoveredFields(trips, true)).toEqual([]);
          published += publishedSums(trips, true).get('fuel')?.length ?? 0;
        }),
        runs,
      );
      expect(published).toBeGreaterThan(runs.numRuns / 2);
    },
    TIMEOUT_MS,
  );

  test('is found where trips that tell different things are together', () => {
    const found = new Set(
      fc
        .sample(randomTrips, { numRuns: 20, seed: 6 })
        .flatMap((trips) => uncoveredFields(trips, false).map((each) => each.split(' ')[0])),
    );
    expect([...found]).toEqual(expect.arrayContaining(['distance', 'energy', 'fuel']));
    expect(found).not.toContain('trips');
  });
});

describe('cells of readings', () => {
  /** Readings of a vehicle, by place in its chain; they come in any order, and some go. */
  const acts = fc.array(fc.record({ place: fc.nat(7), km: fc.nat(5) }), { maxLength: 30 });

  test('have steps that all go one way, or none: each reading of a cell tells what it has sums of', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const cells = new Map<string, Map<string, number>>();
        const chain = new Map<number, ChainReading>();
        const names = new CellNames();
        const emit: Emit = ({ text: cell }, { text: key }, delta) => {
          const keys = cells.get(cell) ?? new Map<string, number>();
          keys.set(key, (keys.get(key) ?? 0) + delta);
          cells.set(cell, keys);
        };
        for (const { place, km } of list) {
          const places = [...chain.keys()].sort((a, b) => a - b);
          const before = places.findLast((each) => each < place) ?? -1;
          const after = places.find((each) => each > place) ?? -1;
          const link = { before: chain.get(before), after: chain.get(after) };
          const there = chain.get(place);
          const reading: ChainReading = there ?? {
            ...{ km, arrivedKm: km, cell: 'mileage', source, qualityIndex: 7, flags: ['late'] },
          };
          const vid = vids[0] ?? vidOfBytes(Buffer.alloc(16));
          relink({ vid, ...link, reading }, there === undefined ? 1 : -1, { emit, names });
          if (there === undefined) chain.set(place, reading);
          else chain.delete(place);
        }
        let readings = 0;
        for (const [cell, keys] of cells) {
          const of = (key: string): number => keys.get(key) ?? 0;
          const steps = [...keys].filter(([key]) => key.startsWith('kmPerStep#'));
          const forward = steps.reduce((sum, [, count]) => sum + count, 0);
          const step = readCellName(cell).dimensions.at(-1);
          const all = of('readings');
          readings += all;
          expect(forward).toBe(step === 'forward' ? all : 0);
          expect(of('rollbacks')).toBe(step === 'back' ? all : 0);
          expect(of('kmDriven') > 0 && step !== 'forward').toBe(false);
          expect(of('kmRolledBack') > 0 && step !== 'back').toBe(false);
          expect([of('qualityPoints'), of('late')]).toEqual([7 * all, all]);
          expect([of(`vehicle@${vids[0]}`), of(`contributor@${source}`)]).toEqual([all, all]);
        }
        expect(readings).toBe(chain.size);
      }),
      runs,
    );
  });
});
