import type { FeedEvent, FeedItem } from '@passport/connectors';
import { eventInput, kindRules, parse, parseDay, parseVid, sealClear } from '@passport/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Fleet, injectionOf, lifeStory } from './life-story.ts';
import { readParameters } from './parameters.ts';
import { syntheticFeed, type Witness } from './synthetic-feed.ts';

const parameters = await readParameters();
const until = parseDay('2026-11-20');
const witnesses = ['maker', 'garage', 'inspection', 'insurer', 'assistance'] as const;
const vid = parseVid('abcdefghijklmnopqrstuvwxya');

function fleetOf(seed: number, vehicles: number): Fleet {
  return { seed, vehicles, until, parameters };
}

async function read(fleet: Fleet, witness: Witness): Promise<FeedEvent[]> {
  const items: FeedItem[] = [];
  for await (const item of syntheticFeed(fleet, witness).read()) items.push(item);
  return items.filter((item) => item.type === 'event');
}

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe('the synthetic fleet', () => {
  test('is the same for the same seed, and another one for another', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(...witnesses), async (seed, witness) => {
        const events = await read(fleetOf(seed, 2), witness);
        expect(await read(fleetOf(seed, 2), witness)).toEqual(events);
      }),
      { numRuns: 15 },
    );
    const [one, other] = [await read(fleetOf(1, 1), 'maker'), await read(fleetOf(2, 1), 'maker')];
    expect(one.map(({ odometerKm }) => odometerKm)).not.toEqual(
      other.map(({ odometerKm }) => odometerKm),
    );
  });

  test('says only what the ledger takes, by day, marked generated', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(...witnesses), async (seed, witness) => {
        const days = new Map<string, string>();
        for (const event of await read(fleetOf(seed, 3), witness)) {
          const { type: _, vehicle, fields, corrects: __, ...rest } = event;
          const sealed = sealClear(fields);
          const parsed = parse(eventInput, { ...rest, vid, sealed });
          expect(parsed.generated).toBe(true);
          const { classes } = kindRules[event.kind];
          expect(Object.keys(sealed).every((name) => classes.some((own) => own === name))).toBe(
            true,
          );
          expect(event.at >= (days.get(vehicle) ?? '')).toBe(true);
          days.set(vehicle, event.at);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('the cars’ own odometers never go down, and grow by what they drove', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        // Vehicle 0 was turned back, which ends what it says of itself; the last one was not.
        const last = (await read(fleetOf(seed, 2), 'maker')).filter(
          ({ kind, vehicle }) => kind === 'trip' && vehicle.endsWith('-1'),
        );
        const trips = last.slice(0, 200);
        expect(trips.length).toBeGreaterThan(0);
        for (const [index, { odometerKm = 0, fields }] of trips.entries()) {
          const before = trips[index - 1]?.odometerKm ?? odometerKm;
          const metres = Number(fields['Vehicle.TripMeterReading']);
          expect(odometerKm).toBeGreaterThanOrEqual(before);
          if (index > 0) expect(Math.abs((odometerKm - before) * 1000 - metres)).toBeLessThan(1000);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('an odometer that was turned back shows less from that day on, and the car is silent', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const injection = injectionOf(fleetOf(seed, 1), 0);
        expect(injection?.kind).toBe('odometer-rollback');
        for (const { day, odometerM, shownM } of lifeStory(fleetOf(seed, 1), 0)) {
          expect(shownM < odometerM).toBe(injection !== undefined && day >= injection.day);
        }
      }),
      { numRuns: 10 },
    );
  });

  test('drives as far in a year as its parameters say, on the whole', () => {
    let kilometres = 0;
    const vehicles = 400;
    for (let vehicle = 0; vehicle < vehicles; vehicle += 1) {
      for (const { drives } of lifeStory(fleetOf(7, vehicles), vehicle)) {
        kilometres += drives.reduce((sum, { metres }) => sum + metres, 0) / 1000;
      }
    }
    const years = parameters.historyDays.value / 365;
    const expected = parameters.energies.values.reduce(
      (sum, { share, kmPerYear }) => sum + share * kmPerYear,
      0,
    );
    expect(kilometres / vehicles / years / expected).toBeGreaterThan(0.93);
    expect(kilometres / vehicles / years / expected).toBeLessThan(1.07);
  });

  test('has as many frauds as were injected', () => {
    const vehicles = 4_000;
    const fleet = fleetOf(11, vehicles);
    const rollbacks = Array.from({ length: vehicles }, (_, index) => injectionOf(fleet, index));
    const share =
      rollbacks.filter((injection) => injection?.kind === 'odometer-rollback').length / vehicles;
    expect(share).toBeGreaterThan(parameters.rollbackShare.value * 0.8);
    expect(share).toBeLessThan(parameters.rollbackShare.value * 1.2);
  });
});
