import { dayOf, parseCommandId, parseMspId } from '@passport/model';
import { idOf, madeUpVin, sources } from '@passport/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Car, clientOf, codeOf, declareWreck, registerCar, write } from './cars.ts';
import { grant, sell, terms, viewOf } from './consent.ts';
import { openedIn, reached, readAsMember, readAsPerson, readAsWallet } from './reading.ts';
import { someName, type World } from './start-world.ts';

const TEST_MS = 120_000;

/** What goes with a car, what does not, and what cannot be sold. */
export function resale(theWorld: () => World): void {
  describe('a car that is sold', { timeout: TEST_MS }, () => {
    let world: World;
    beforeAll(() => {
      world = theWorld();
    });

    test('brings its history, without the life of who drove it, and all grants are dead', async () => {
      const car = await registerCar(world, {
        vin: madeUpVin('sold'),
        papers: { 'Vehicle.VehicleIdentification.Brand': 'Tatra' },
      });
      await live(world, car);
      await grant(world, car, 'GarageMSP', terms(world, 'garage-visit'));
      const { block: grantedIn } = await grant(world, car, 'InsurerMSP', terms(world, 'claim'));
      await reached(world, grantedIn);
      await readAsMember(world, 'InsurerMSP', { vid: car.vid });

      const buyer = await world.crowd.stranger();
      await reached(world, await sell(world, car, buyer));
      expect((await viewOf(world, car)).grants).toEqual([]);
      for (const member of ['GarageMSP', 'InsurerMSP'] as const) {
        const asked = { vid: car.vid };
        expect(await codeOf(readAsMember(world, member, asked))).toBe('GRANT_ENDED');
      }
      const mayRead = { vid: car.vid, scope: 'incident', mspId: parseMspId('InsurerMSP') } as const;
      const { consent } = clientOf(world, 'InsurerMSP');
      expect(await consent.mayRead(mayRead)).toEqual({ granted: false, grantId: null });

      await buyer.resale.openHandOver(await viewOf(world, car));
      const handedOver = [
        'Passport.Incident.Severity',
        'Passport.Incident.With',
        'Passport.Intervention.Jobs',
      ];
      expect(openedIn(await readAsWallet(world, buyer, car.vid))).toEqual(handedOver);
      const { events } = await readAsPerson(world, buyer, { vid: car.vid });
      expect(openedIn(events)).toEqual([...handedOver, 'Vehicle.VehicleIdentification.Brand']);
      const trip = events.find(({ kind }) => kind === 'trip');
      expect(trip?.closed).toEqual(['driving', 'location', 'usage'].sort());
      expect(trip?.fields).toEqual({});
    });

    test('is no wreck, and a wreck does not come back under another vid', async () => {
      const car = await registerCar(world, { vin: madeUpVin('wrecked') });
      await live(world, car);
      await declareWreck(world, car.vid);
      const buyer = await world.crowd.stranger();
      expect(await codeOf(sell(world, car, buyer))).toBe('VEHICLE_NOT_TRANSFERABLE');

      const { vin } = car;
      const wanted = { vin, paper: 'another paper', wants: 'registration' } as const;
      const [again] = await world.matcherOf('MakerMSP').match([wanted]);
      expect(again).toMatchObject({ vid: car.vid, isNew: false });
      expect(await codeOf(register(world, again?.ticket ?? '', buyer.keyId))).toBe('VEHICLE_KNOWN');
      const [elsewhere] = await world.matcherOf('GarageMSP').match([wanted]);
      expect(elsewhere).toMatchObject({ vid: car.vid, isDisputed: true, ticket: null });
      const [disputed] = await world.matcherOf('MakerMSP').match([wanted]);
      expect(disputed).toMatchObject({ vid: car.vid, isDisputed: true, ticket: null });
    });
  });
}

/** A trip, an incident, a repair. */
async function live(world: World, { vid }: Car): Promise<void> {
  await write(world, 'fleet', vid, {
    kind: 'trip',
    fields: {
      'Vehicle.TripDuration': 60_000,
      'Vehicle.AverageSpeed': 12_000,
      'Passport.Trip.StartCell': '891e2a',
    },
  });
  await write(world, 'claims', vid, {
    kind: 'incident',
    fields: { 'Passport.Incident.Severity': 'severe', 'Passport.Incident.With': 'a deer' },
  });
  await write(world, 'workshop', vid, {
    kind: 'intervention',
    fields: { 'Passport.Intervention.Jobs': 'brakes' },
  });
}

function register(world: World, ticket: string, owner: Car['owner']['keyId']): Promise<unknown> {
  return clientOf(world, 'MakerMSP').passport.registerVehicles({
    commandId: parseCommandId(`again-${someName()}`),
    source: idOf(sources.fleet),
    vehicles: [{ ticket, day: dayOf(world.now().getTime()), owner }],
  });
}
