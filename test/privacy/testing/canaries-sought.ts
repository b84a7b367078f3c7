import { parseVid } from '@passport/model';
import { MARKET } from '@passport/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';

import { canaries, type CanaryCars, canaryNeedles, writeCanaries } from './canaries.ts';
import { clientOf } from './cars.ts';
import { everything } from './everything.ts';
import { needlesOf } from './needles.ts';
import { openedIn, reached, readAsMember, readAsPerson, signerOf } from './reading.ts';
import { findIn, type Hay } from './search.ts';
import { EPOCH_BLOCKS, type World } from './start-world.ts';

const TEST_MS = 300_000;

const words: Readonly<Record<string, string>> = canaries;

/** What was planted in inputs is looked for wherever anything is kept, said or answered. */
export function canariesSought(theWorld: () => World, cars: () => CanaryCars): void {
  describe('a VIN, a name, a plate, a place and a photo', { timeout: TEST_MS }, () => {
    let world: World;
    beforeAll(async () => {
      world = theWorld();
      // What is archived leaves Redis and the log: something has to be in the epoch that goes on.
      let block = 0;
      do block = await writeCanaries(world, cars().typed.vid);
      while (block % EPOCH_BLOCKS < 2 || block % EPOCH_BLOCKS > EPOCH_BLOCKS - 4);
      await reached(world, block);
    }, TEST_MS);

    test('are there: their owner reads them', async () => {
      const { typed, fed } = cars();
      const { events } = await readAsPerson(world, typed.owner, { vid: typed.vid });
      const text = JSON.stringify(events);
      for (const name of ['VIN', 'name', 'plate', 'position', 'photo']) {
        expect(text).toContain(words[name]);
      }
      const ofFeed = await readAsPerson(world, fed.owner, { vid: fed.vid });
      expect(JSON.stringify(ofFeed.events)).toContain(canaries.position);
      // The market could open the name of who was in an incident, and no place.
      const atMarket = await readAsMember(world, MARKET, { vid: typed.vid });
      expect(openedIn(atMarket.events)).toContain('Passport.Incident.With');
      expect(openedIn(atMarket.events)).not.toContain('Passport.Incident.Place');
    });

    test('are in no answer without a grant, and in no error', async () => {
      const { found, bytes } = await findIn(answers(world, cars()), canaryNeedles());
      expect(found).toEqual([]);
      expect(bytes).toBeGreaterThan(100_000);
      const vid = needlesOf('vid', cars().typed.vid);
      expect((await findIn(answers(world, cars()), vid)).found).not.toEqual([]);
    });

    test('are in no store, no log of a service and no metric, however they are written', async () => {
      const { found, bytes } = await findIn(everything(world), canaryNeedles());
      expect(found).toEqual([]);
      process.stdout.write(`privacy: ${Math.round(bytes / 1e6)} MB were searched\n`);
    });

    test('would be found there: what is there is', async () => {
      const { typed } = cars();
      const searched = await findIn(everything(world), needlesOf('vid', typed.vid));
      const places = searched.found.filter((place) => place.startsWith('vid, plain: '));
      const kinds = [
        ...['ledger/', 'log of partition', 'VIEWS_REDIS_URL', 'pipeline/objects/', 'rows of '],
        ...['pipeline/listener/', 'pipeline/reads/', 'vin-registry/registry/', 'pipeline/kafka/'],
      ];
      for (const kind of kinds) {
        expect(
          places.some((place) => place.includes(kind)),
          `${kind} in ${places.join('\n')}`,
        ).toBe(true);
      }
      // Words of facts are clear at the market's operator, packed or not.
      const fact = await findIn(everything(world), needlesOf('brand', 'Tatra'));
      const inRecords = fact.found.filter((place) => place.includes('log of partition'));
      expect(inRecords).not.toEqual([]);
    });
  });
}

/** What everybody is answered, and what somebody hears who does wrong with a canary in their hands. */
async function* answers(world: World, { typed, fed }: CanaryCars): AsyncGenerator<Hay> {
  const { VIN, name, position } = canaries;
  const api = world.pipeline.url;
  const paths = [
    ...[typed.vid, fed.vid].map((vid) => `vehicles/${vid}`),
    ...['status', 'released/usage?metrics=trips,vehicles&by=brand', `vehicles/${VIN}`],
    ...['usage', 'events', 'incidents', 'interventions', 'mileage'].map(
      (view) => `views/${view}?metrics=vehicles&by=day,brand,model,region`,
    ),
    `vehicles/${typed.vid}?scopes=${encodeURIComponent(position)}`,
  ];
  for (const path of paths) yield text(path, fetch(`${api}/v1/${path}`));
  yield text('openapi', fetch(`${api}/openapi.json`));
  for (const service of world.services) {
    for (const path of ['v1/evaluations', 'v1/matches', `v1/disputes/${VIN}`]) {
      const body = JSON.stringify({ matches: [VIN], blinded: [VIN], keyId: name });
      yield text(`${service} ${path}`, fetch(`${service}/${path}`, { method: 'POST', body }));
    }
    yield text(service, fetch(`${service}/v1/keys`));
  }
  yield* errors(world, typed.vid);
  const { passport, consent } = clientOf(world, 'BankMSP');
  yield said('a member’s peer', await passport.readLogBook({ vid: typed.vid }));
  yield said('a member’s peer', await passport.readVehicle({ vid: typed.vid }));
  yield said('a member’s peer', await consent.readGrants({ vid: typed.vid }));
  const { keyId } = signerOf(typed.owner);
  yield said('a key', keyId);
}

/** What those hear who give a canary for something else. */
async function* errors(world: World, vid: CanaryCars['typed']['vid']): AsyncGenerator<Hay> {
  const { VIN, name, plate } = canaries;
  const { passport, consent } = clientOf(world, 'GarageMSP');
  const wants = 'vid' as const;
  const wrongDigit = VIN.replace('9AX', '8AX');
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => world.matcherOf('GarageMSP').match([{ vin: `${VIN}0`, paper: plate, wants }]),
    () => world.matcherOf('BankMSP').match([{ vin: VIN, paper: plate, wants }]),
    () => passport.readVehicle({ vid: VIN as typeof vid }),
    () => passport.readLogBook({ vid: name as typeof vid }),
    () => consent.readGrants({ vid: plate as typeof vid }),
    async () => parseVid(VIN),
  ];
  for (const [index, attempt] of attempts.entries()) {
    const heard = await attempt().then(
      () => 'nothing wrong',
      (error: unknown) => withCauses(error),
    );
    yield said(`error ${index}`, heard);
  }
  const digit = await world
    .matcherOf('GarageMSP')
    .match([{ vin: wrongDigit, paper: plate, wants }])
    .then(() => 'nothing wrong', withCauses);
  yield said('a wrong check digit', digit.includes(wrongDigit) ? VIN : digit);
}

/** An error's own words, those of its causes, and all that hangs on it. */
function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = JSON.stringify(error, Object.getOwnPropertyNames(error));
  return `${error.message}\n${own}\n${error.cause === undefined ? '' : withCauses(error.cause)}`;
}

async function text(where: string, asked: Promise<Response>): Promise<Hay> {
  const response = await asked;
  const headers = JSON.stringify([...response.headers]);
  return { where, bytes: Buffer.from(`${headers}\n${await response.text()}`) };
}

function said(where: string, value: unknown): Hay {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return { where, bytes };
}
