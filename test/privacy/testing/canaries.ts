import { createHash } from 'node:crypto';

import type { Feed, FeedEvent } from '@passport/connectors';
import { dayOf, parseEventId, type Vid } from '@passport/model';
import {
  createTerminal,
  feedLedger,
  madeUpVin,
  type MadeUpOwner,
  MARKET,
  noVehicles,
} from '@passport/sandbox';

import { type Car, registerCar, write } from './cars.ts';
import { grant, terms } from './consent.ts';
import { type Needle, needlesOf } from './needles.ts';
import type { World } from './start-world.ts';

/** What must not be found anywhere. The VIN's check digit is right. */
export const canaries = {
  VIN: '1M8GDM9AXKP042788',
  paper: 'ZB-7Q4417-XW',
  name: 'Zdenka Wrzesniewska-Ötvös',
  plate: 'KA-QX 7319 H',
  position: '48.998763,8.403217',
  photo: createHash('sha256').update('a photo of an odometer').digest('hex'),
  'feed name': 'Hildegunst, the grey one by the barn',
} as const;

/** All of them, in all encodings. */
export function canaryNeedles(): Needle[] {
  return Object.entries(canaries).flatMap(([name, text]) => [
    ...needlesOf(name, text),
    // What the feed calls a car stands for its VIN there.
    ...(name === 'feed name' ? needlesOf('VIN of the feed', madeUpVin(text)) : []),
    ...(name === 'photo' ? [{ of: 'photo, bytes', bytes: Buffer.from(text, 'hex') }] : []),
  ]);
}

/** Cars that have them. */
export type CanaryCars = {
  /** Typed in at an intake; the market counts it in. */
  readonly typed: Car;
  /** Out of a feed. */
  readonly fed: { readonly vid: Vid; readonly owner: MadeUpOwner };
};

/** Vehicles of the feed: as many as it takes that something is released. */
const FED = 12;

/** Plants them wherever a source could put them. */
export async function plantCanaries(world: World): Promise<CanaryCars> {
  const { VIN: vin, paper, name, plate } = canaries;
  const typed = await registerCar(world, {
    ...{ vin, paper },
    // The listener opens the papers for brand and region; the country is in no fact.
    papers: {
      'Vehicle.VehicleIdentification.Brand': 'Tatra',
      'Passport.Region': 'DE-BW',
      'Passport.Country': `${name}, ${plate}`,
    },
  });
  await grant(world, typed, MARKET, terms(world, 'market-research'));
  await writeCanaries(world, typed.vid);
  return { typed, fed: await feedCanaries(world) };
}

/** Sources write what has them; answers the block. */
export async function writeCanaries(world: World, vid: Vid): Promise<number> {
  const { VIN, name, plate, position, photo } = canaries;
  await write(world, 'fleet', vid, {
    kind: 'trip',
    odometerKm: 41_000,
    fields: {
      'Vehicle.TripMeterReading': 24_000,
      // The market opens these two for what is counted, and counts neither.
      'Passport.Trip.Start': `with ${name}`,
      'Passport.Trip.End': `at ${position}, VIN ${VIN}`,
      'Passport.Trip.StartCell': position,
      'Passport.Trip.EndCell': plate,
    },
  });
  await write(world, 'claims', vid, {
    kind: 'incident',
    fields: {
      'Passport.Incident.Severity': 'minor',
      'Passport.Incident.With': name,
      'Passport.Incident.Place': position,
      'Passport.Incident.Damage': `bumper of ${plate}, VIN ${VIN}`,
    },
  });
  const { block } = await write(world, 'centre', vid, {
    kind: 'inspection',
    odometerKm: 41_010,
    fields: { 'Passport.Inspection.Result': `odometer ${photo}` },
  });
  return block;
}

/** Runs a feed whose name of a vehicle is one. */
async function feedCanaries(world: World): Promise<CanaryCars['fed']> {
  const plan = {
    says: 'cars that somebody has names for',
    feeds: [{ feed: feedOf(world.now()), source: 'fleet' as const, says: 'trips' }],
  };
  const silent = createTerminal({ write: () => true }, {});
  await feedLedger({ ...world, terminal: silent }, plan, noVehicles);
  const paper = canaries['feed name'];
  const asked = { vin: madeUpVin(paper), paper, wants: 'vid' } as const;
  const [match] = await world.matcherOf('MakerMSP').match([asked]);
  if (match === undefined) throw new Error('the registry does not know the car');
  return { vid: match.vid, owner: await world.crowd.ownerOf(match.vid) };
}

function feedOf(now: Date): Feed {
  const events = Array.from({ length: FED }, (_, index): FeedEvent => {
    const vehicle = index === 0 ? canaries['feed name'] : `canary fleet ${index}`;
    const id = parseEventId(`canary.${index}`);
    return {
      ...{ type: 'event', vehicle, id, kind: 'trip', at: dayOf(now.getTime()) },
      ...{ method: 'connected-car', odometerKm: 1_000 + index, generated: true },
      fields: {
        'Vehicle.TripMeterReading': 10_000 + index,
        'Passport.Trip.StartCell': canaries.position,
      },
      papers: { 'Vehicle.VehicleIdentification.Brand': 'Tatra', 'Passport.Region': 'DE-BW' },
    };
  });
  return {
    name: 'canaries',
    rowsRead: () => FED,
    read: async function* () {
      yield* events;
    },
  };
}
