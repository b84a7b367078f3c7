import { readErasures } from '@passport/client';
import {
  erasureOffice,
  finishGranteePart,
  type KeyRing,
  readIdentity,
  readMemberRoots,
} from '@passport/ledger-client';
import { missingHolders, parseCommandId, type Vid } from '@passport/model';
import { madeUpVin, MARKET } from '@passport/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Car, clientOf, codeOf, registerCar, write, type Written } from './cars.ts';
import { grant, ringOf, terms } from './consent.ts';
import { everything } from './everything.ts';
import { closeSegmentsSoon, goneFromSegments, SEGMENTS } from './kafka-segments.ts';
import { type Needle, needlesOf } from './needles.ts';
import { archived, openedIn, reached, readAsMember, readAtPeer } from './reading.ts';
import { findIn } from './search.ts';
import { someName, type World } from './start-world.ts';

const TEST_MS = 300_000;
/** What waits to be released meets what takes it back within five epochs; an epoch of it is under way. */
const BLOCKS_AFTER = 6 * 32 + 8;
const OVER_MS = 120_000;

/** Metres that nobody else drives: a fact of the market's, in clear. */
const METRES = 918_273_645;

/** What stays: the ledger's own blocks and state, see docs/privacy.md. */
const STAYS = /^[^:]*: ledger\//;

/** Something that has to go, and where it has to be before. */
type Gone = { readonly needles: readonly Needle[]; readonly isIn: readonly RegExp[] };

/** What an owner has erased is looked for wherever anybody keeps anything. */
export function erased(theWorld: () => World): void {
  describe('what an owner has erased', { timeout: TEST_MS }, () => {
    let world: World;
    let car: Car;
    let trip: Written;
    let gone: Gone[];
    beforeAll(async () => {
      world = theWorld();
      car = await registerCar(world, {
        vin: madeUpVin('erased'),
        papers: { 'Vehicle.VehicleIdentification.Brand': 'Tatra', 'Passport.Region': 'DE-BW' },
      });
      await grant(world, car, MARKET, terms(world, 'market-research'));
      await grant(world, car, 'GarageMSP', terms(world, 'claim'));
      trip = await write(world, 'fleet', car.vid, {
        kind: 'trip',
        odometerKm: 51_000,
        fields: { 'Vehicle.TripMeterReading': METRES, 'Passport.Trip.StartCell': '891e2a' },
      });
      // Something is archived of it, and something is in what is not archived yet.
      const last = await passBlocks(world, car.vid, 40);
      await Promise.all([reached(world, last), archived(world, trip.block)]);
      await readAsMember(world, 'GarageMSP', { vid: car.vid });
      gone = await whatGoes(world, car, trip);
    }, TEST_MS);

    test('is there before, wherever it is kept', async () => {
      for (const { needles, isIn } of gone) {
        const { found } = await findIn(everything(world), needles);
        const missing = isIn.filter((place) => !found.some((each) => place.test(each)));
        expect(missing, `${needles[0]?.of} is in ${found.join('\n')}`).toEqual([]);
      }
    });

    test('is certified by all who held parts of it, each for its own', async () => {
      await closeSegmentsSoon(world);
      await eraseOnLedger(world, car);
      const roots = await readMemberRoots(world.profile);
      const read = () => readErasures(world.pipeline.url, car.vid, roots);
      const untilMs = Date.now() + OVER_MS;
      for (;;) {
        await passBlocks(world, (await registeredFor(world)).vid, 33);
        const [state] = await read();
        const isSigned = state?.certificates.some(({ part }) => part === 'registry') === true;
        if (Array.isArray(state?.holders) && isSigned) break;
        if (Date.now() > untilMs) throw new Error(`still waiting: ${JSON.stringify(state)}`);
      }
      // The garage's part is missing until it has done it.
      const [before] = await read();
      expect(before?.missing).toContainEqual({ part: 'grantee', mspId: 'GarageMSP' });
      expect(await granteeDoes(world, car.vid)).toMatchObject([
        { state: 'signed', keysDestroyed: 1 },
      ]);
      const last = await passBlocks(world, (await registeredFor(world)).vid, BLOCKS_AFTER);
      await reached(world, last);
      for (;;) {
        const [state] = await read();
        if (state?.isPending === false) break;
        if (Date.now() > untilMs + OVER_MS) throw new Error(JSON.stringify(state));
        await new Promise((done) => setTimeout(done, 500));
      }
      const [over] = await read();
      const signed = over?.certificates.map(({ part, iss }) => ({ part, mspId: iss })) ?? [];
      expect(signed.map(({ part, mspId }) => `${part} ${mspId}`).sort()).toEqual([
        'grantee GarageMSP',
        `market ${MARKET}`,
        'registry InspectionMSP',
      ]);
      expect(missingHolders(over?.holders ?? [], signed)).toEqual([]);
    });

    test('is in no store, no log, no journal and no metric, however it is written', async () => {
      // Kafka deletes trimmed segments by itself, some seconds after they are cut off.
      await goneFromSegments(
        world,
        gone.flatMap(({ needles }) => needles),
      );
      for (const { needles } of gone) {
        const { found } = await findIn(everything(world), needles);
        expect(found.filter((place) => !STAYS.test(place))).toEqual([]);
      }
    });

    test('is read by nobody who could read it before', async () => {
      const { vid } = car;
      expect(await codeOf(readAsMember(world, 'GarageMSP', { vid }))).not.toBe('none');
      expect(openedIn(await readAtPeer(world, 'GarageMSP', vid))).toEqual([]);
    });
  });
}

/** Ciphertext, wraps and reader keys, a fact, and the key of who owned the car. */
async function whatGoes(world: World, { vid, owner }: Car, trip: Written): Promise<Gone[]> {
  const grants = await clientOf(world, 'BankMSP').consent.readGrants({ vid });
  const inLog = /log of partition/;
  const inObjects = /rows of events/;
  const sealed = Object.values(trip.sealed);
  const rings = [await ringOf(world, MARKET), await ringOf(world, 'GarageMSP')];
  return [
    {
      needles: sealed.flatMap((text) => textAndBytes('trip', text)),
      isIn: [inLog, SEGMENTS, inObjects],
    },
    {
      needles: grants.flatMap(({ wraps }) =>
        wraps.flatMap(({ keys }) => textAndBytes('wrap', keys)),
      ),
      isIn: [inObjects],
    },
    { needles: [...needlesOf('metres', String(METRES))], isIn: [inLog] },
    {
      needles: (await Promise.all(rings.map((ring) => keysIn(ring, vid)))).flat(),
      isIn: [/-keys\//],
    },
    // As the ledger writes owners; the log writes a reference that nobody can make without the key.
    { needles: needlesOf('owner', owner.keyId), isIn: [/ledger\//] },
  ];
}

/** Of what is base64url itself: as a text, and the bytes that it stands for. */
function textAndBytes(name: string, text: string): Needle[] {
  const bytes = Buffer.from(text, 'base64url');
  return [
    ...needlesOf(name, text),
    { of: `${name}, bytes`, bytes },
    { of: `${name}, bytes in hex`, bytes: Buffer.from(bytes.toString('hex')) },
  ];
}

async function keysIn(ring: KeyRing, vid: Vid): Promise<Needle[]> {
  const keys = await ring.list(vid);
  expect(keys).not.toEqual([]);
  return keys.flatMap(({ scalar }) =>
    textAndBytes('reader key', Buffer.from(scalar).toString('base64url')),
  );
}

async function eraseOnLedger(world: World, { vid, owner }: Car): Promise<void> {
  const command = await owner.desk.erase(vid, 1);
  const commandId = parseCommandId(`erase-${someName()}`);
  await clientOf(world, 'AssistanceMSP').consent.erase({ commandId, command });
  await owner.desk.finishErasure(vid, 1);
}

async function granteeDoes(world: World, vid: Vid) {
  const { consent } = clientOf(world, 'GarageMSP');
  return finishGranteePart(
    {
      ...{ consent, ledger: world.ledger, now: world.now },
      identity: await readIdentity(world.profile, 'GarageMSP', 'User1'),
      ring: await ringOf(world, 'GarageMSP'),
      office: erasureOffice(world.pipeline.url),
    },
    vid,
  );
}

const others = new WeakMap<World, Promise<Car>>();

/** A car of somebody else, which goes on. */
function registeredFor(world: World): Promise<Car> {
  const known = others.get(world) ?? registerCar(world, { vin: madeUpVin('goes on') });
  others.set(world, known);
  return known;
}

/** Lets the ledger grow by a block at a time; answers the last one. */
async function passBlocks(world: World, vid: Vid, count: number): Promise<number> {
  let block = 0;
  for (let index = 0; index < count; index += 1) {
    ({ block } = await write(world, 'workshop', vid, {
      kind: 'intervention',
      fields: { 'Passport.Intervention.Jobs': 'brakes' },
    }));
  }
  return block;
}
