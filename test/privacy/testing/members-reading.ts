import { type FieldClass, type Grant, instantOf } from '@passport/model';
import { madeUpVin, type Member } from '@passport/sandbox';
import { beforeAll, describe, expect, test, vi } from 'vitest';

import { type Car, clientOf, registerCar, write } from './cars.ts';
import { grant } from './consent.ts';
import { openedIn, reached, readAsMember, readAtPeer, readsOf } from './reading.ts';
import type { World } from './start-world.ts';

const TEST_MS = 120_000;
const DAY_MS = 86_400_000;

type Scenario = {
  readonly member: Member;
  readonly classes: readonly FieldClass[];
  readonly purpose: Grant['purpose'];
  /** All fields that it sees. */
  readonly sees: readonly string[];
};

const scenarios: readonly Scenario[] = [
  {
    ...{ member: 'MakerMSP', classes: ['maintenance'], purpose: 'maintenance' },
    sees: ['Passport.Inspection.Result', 'Passport.Intervention.Jobs'],
  },
  {
    ...{ member: 'InsurerMSP', classes: ['usage', 'incident'], purpose: 'insurance' },
    sees: [
      'Passport.Incident.Severity',
      'Passport.Incident.With',
      'Vehicle.TripDuration',
      'Vehicle.TripMeterReading',
    ],
  },
  {
    ...{ member: 'InspectionMSP', classes: ['usage'], purpose: 'inspection' },
    sees: ['Vehicle.TripDuration', 'Vehicle.TripMeterReading'],
  },
];

/** Members that an owner lets read, each by its own peer and through the API. */
export function membersReading(theWorld: () => World): void {
  describe('a member that was granted', { timeout: TEST_MS }, () => {
    let world: World;
    let car: Car;
    beforeAll(async () => {
      world = theWorld();
      car = await registerCar(world, { vin: madeUpVin('read by members') });
      const { vid } = car;
      await write(world, 'fleet', vid, {
        ...{ kind: 'trip', odometerKm: 52_000 },
        fields: {
          'Vehicle.TripMeterReading': 9_000,
          'Vehicle.TripDuration': 600_000,
          'Passport.Trip.StartCell': '891e2a',
        },
      });
      await write(world, 'workshop', vid, {
        ...{ kind: 'intervention', odometerKm: 52_010 },
        fields: { 'Passport.Intervention.Jobs': 'brakes' },
      });
      await write(world, 'claims', vid, {
        kind: 'incident',
        fields: { 'Passport.Incident.Severity': 'minor', 'Passport.Incident.With': 'a deer' },
      });
      await write(world, 'centre', vid, {
        ...{ kind: 'inspection', odometerKm: 52_020 },
        fields: { 'Passport.Inspection.Result': 'passed' },
      });
      let block = 0;
      for (const { member, classes, purpose } of scenarios) {
        const granted = await grant(world, car, member, {
          ...{ classes: [...classes], fields: [], purpose, legalBasis: 'contract' },
          ...{ includesPast: true, expiresAt: instantOf(Date.now() + DAY_MS) },
        });
        ({ block } = granted);
      }
      await reached(world, block);
    }, TEST_MS);

    test.each(scenarios)('$member sees $classes at its own peer', async ({ member, sees }) => {
      expect(openedIn(await readAtPeer(world, member, car.vid))).toEqual(sees);
    });

    test.each(scenarios)('$member sees $classes through the API', async ({ member, sees }) => {
      const { events } = await readAsMember(world, member, { vid: car.vid });
      expect(openedIn(events)).toEqual(sees);
      const readings = events.flatMap(({ odometerKm }) => odometerKm ?? []);
      expect(new Set(readings)).toEqual(new Set([52_000, 52_010, 52_020]));
    });

    test('is seen by the owner to have read, at the API and on the ledger', async () => {
      const expected = scenarios.map(({ member, classes, purpose }): unknown =>
        expect.objectContaining({
          reader: { mspId: member },
          purpose,
          scopes: expect.arrayContaining([...classes]) as unknown,
        }),
      );
      const reads = await readsOf(world, car.owner, car.vid);
      expect(reads).toEqual(expect.arrayContaining(expected));
      await vi.waitUntil(async () => (await onLedger(world, car)).length >= scenarios.length, {
        timeout: 30_000,
        interval: 100,
      });
      expect(await onLedger(world, car)).toEqual(expect.arrayContaining(expected));
    });
  });
}

async function onLedger(world: World, { vid }: Car) {
  return (await clientOf(world, 'BankMSP').consent.readReads({ vid })).reads;
}
