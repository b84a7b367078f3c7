import { parseMspId } from '@passport/model';
import { PAIRWISE_KEY_BYTES, pairwiseId, Opener, openKeys } from '@passport/privacy';
import { madeUpVin, MARKET, openLogBook } from '@passport/sandbox';
import { beforeAll, describe, expect, test } from 'vitest';

import { type Car, clientOf, codeOf, registerCar, write, type Written } from './cars.ts';
import { grant, type Granted, relay, revoke, ringOf, sell, terms, viewOf } from './consent.ts';
import { addKeys, openedIn, reached, readAsMember, readAsPerson, readAtPeer } from './reading.ts';
import type { World } from './start-world.ts';
import { strayKeys } from './stray-keys.ts';

const TEST_MS = 120_000;

/** Whoever reads what is not, or not any more, for them. */
export function attackingReaders(theWorld: () => World): void {
  describe('who reads without a right', { timeout: TEST_MS }, () => {
    let world: World;
    let car: Car;
    let granted: Granted;
    let before: Written;
    beforeAll(async () => {
      world = theWorld();
      car = await registerCar(world, { vin: madeUpVin('attacked') });
      await grant(world, car, MARKET, terms(world, 'market-research'));
      granted = await grant(world, car, 'GarageMSP', terms(world, 'garage-visit'));
      before = await work(world, car, 'brakes');
      const { block } = await write(world, 'fleet', car.vid, {
        kind: 'trip',
        fields: { 'Vehicle.TripDuration': 60_000, 'Passport.Trip.StartCell': '891e2a' },
      });
      await reached(world, block);
    }, TEST_MS);

    test('the market gets what it was granted, and no place', async () => {
      const asked = { vid: car.vid, scopes: ['location'] as const };
      expect(await codeOf(readAsMember(world, MARKET, asked))).toBe('SCOPE_NOT_GRANTED');
      const { events } = await readAsMember(world, MARKET, { vid: car.vid });
      expect(JSON.stringify(events)).not.toContain('location');
      for (const read of [events, await readAtPeer(world, MARKET, car.vid)]) {
        expect(openedIn(read)).toContain('Vehicle.TripDuration');
        expect(openedIn(read)).not.toContain('Passport.Trip.StartCell');
      }
      const mayRead = { vid: car.vid, scope: 'location', mspId: parseMspId(MARKET) } as const;
      expect(await clientOf(world, MARKET).consent.mayRead(mayRead)).toMatchObject({
        granted: false,
      });
    });

    test('a member without a grant gets no answer, and opens nothing at its own peer', async () => {
      const asked = { vid: car.vid };
      expect(await codeOf(readAsMember(world, 'InsurerMSP', asked))).toBe('VEHICLE_UNKNOWN');
      expect(openedIn(await readAtPeer(world, 'InsurerMSP', car.vid))).toEqual([]);
      // Nor with all that the ledger has of the grants of others.
      const opener = new Opener({ ledger: world.ledger });
      const { grants } = await viewOf(world, car);
      for (const made of grants) await addKeys(world, opener, 'InsurerMSP', made);
      const book = await clientOf(world, 'InsurerMSP').passport.readLogBook({ vid: car.vid });
      expect(grants.length).toBeGreaterThan(1);
      expect(openedIn(await openLogBook(car.vid, book, opener))).toEqual([]);
    });

    test('who has all disks, but no key ring and no wallet, opens nothing', async () => {
      const keys = await strayKeys(world);
      // Of each of seven members an administrator, a user, a peer, two authorities and their TLS.
      expect(keys.length).toBeGreaterThan(20);
      const { grants, keys: published } = await viewOf(world, car);
      const book = await clientOf(world, 'BankMSP').passport.readLogBook({ vid: car.vid });
      for (const scalar of keys) {
        const opener = new Opener({ ledger: world.ledger });
        for (const { scope, epoch } of published) {
          opener.addKey({ vid: car.vid, scope, epoch }, scalar);
        }
        expect(openedIn(await openLogBook(car.vid, book, opener))).toEqual([]);
        for (const { grantId: id, ownerEpoch, wraps } of grants) {
          const context = { ledger: world.ledger, vid: car.vid, ownerEpoch, id };
          const [wrap] = wraps;
          const opening = openKeys(scalar, wrap?.keys ?? '', { ...context, purpose: 'grant' });
          expect(await codeOf(opening)).toBe('SEAL_BROKEN');
        }
      }
      // It is the key ring that makes the difference.
      expect(openedIn(await readAtPeer(world, 'GarageMSP', car.vid))).not.toEqual([]);
    });

    test('a grantee whose grant was revoked gets no answer, and opens nothing newer', async () => {
      expect(openedIn(await readAtPeer(world, 'GarageMSP', car.vid))).toEqual([
        'Passport.Intervention.Jobs',
      ]);
      await readAsMember(world, 'GarageMSP', { vid: car.vid });
      await revoke(world, car, granted);
      const after = await work(world, car, 'clutch');
      await reached(world, after.block);
      const asked = { vid: car.vid };
      expect(await codeOf(readAsMember(world, 'GarageMSP', asked))).toBe('GRANT_ENDED');
      const named = { ...asked, grant: granted.grantId };
      expect(await codeOf(readAsMember(world, 'GarageMSP', named))).toBe('GRANT_ENDED');
      const read = await readAtPeer(world, 'GarageMSP', car.vid);
      const closed = new Map(read.map((each) => [each.event.id, each.closed]));
      expect(closed.get(before.id)).toEqual([]);
      expect(closed.get(after.id)).toEqual(['maintenance']);
    });

    test('a former owner gets no answer, commands nothing, and opens nothing newer', async () => {
      const sold = await registerCar(world, { vin: madeUpVin('sold by an attacker') });
      const viewBefore = await viewOf(world, sold);
      const old = await work(world, sold, 'brakes');
      const buyer = await world.crowd.stranger();
      await sell(world, sold, buyer);
      const late = await sold.owner.desk.grant(
        viewBefore,
        {
          grantee: { keyId: sold.owner.keyId },
          readerKey: (await (await ringOf(world, 'GarageMSP')).make(sold.vid)).publicKey,
        },
        terms(world, 'garage-visit'),
      );
      expect(await codeOf(relay(world, late.commands))).toBe('COMMAND_SIGNER_FOREIGN');
      const since = await work(world, sold, 'clutch');
      await reached(world, since.block);
      const asked = { vid: sold.vid };
      expect(await codeOf(readAsPerson(world, sold.owner, asked))).toBe('VEHICLE_UNKNOWN');
      const opener = new Opener({ ledger: world.ledger });
      await sold.owner.desk.addKeys(opener, viewBefore);
      const book = await clientOf(world, 'BankMSP').passport.readLogBook(asked);
      const read = await openLogBook(sold.vid, book, opener);
      const closed = new Map(read.map((each) => [each.event.id, each.closed]));
      expect(closed.get(old.id)).toEqual([]);
      expect(closed.get(since.id)).toEqual(['maintenance']);
    });

    test('two buyers together find no car that both were sold', async () => {
      const vids = [car.vid, ...(await allVids(world))];
      const [one, other] = [1, 2].map((byte) => Buffer.alloc(PAIRWISE_KEY_BYTES, byte));
      const ids = [one, other].map((key = Buffer.of()) => vids.map((vid) => pairwiseId(key, vid)));
      const all = ids.flat();
      expect(new Set(all).size).toBe(2 * new Set(vids).size);
      const queries = [
        'views/usage?metrics=trips,vehicles&by=brand',
        'released/usage?metrics=trips',
      ];
      for (const query of queries) {
        const text = await (await fetch(`${world.pipeline.url}/v1/${query}`)).text();
        expect([...vids, ...all].filter((id) => text.includes(id))).toEqual([]);
      }
    });
  });
}

function work(world: World, { vid }: Car, jobs: string): Promise<Written> {
  const fields = { 'Passport.Intervention.Jobs': jobs };
  return write(world, 'workshop', vid, { kind: 'intervention', fields });
}

/** Of cars that the market reads. */
async function allVids(world: World) {
  const keys = await (await ringOf(world, MARKET)).list();
  return [...new Set(keys.map(({ vid }) => vid))].filter((vid) => vid !== undefined);
}
