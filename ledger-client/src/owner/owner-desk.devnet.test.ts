import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type Fields,
  type Grant,
  type Instant,
  instantOf,
  type KeyScope,
  parseDay,
  parseEventId,
  parseMspId,
  type Sealed,
  type SignedCommand,
  type SourceId,
  type Vid,
  vidOfBytes,
} from '@passport/model';
import { currentKeys, Opener, PAPERS, type SealedFor, Sealer } from '@passport/privacy';
import { type SmallNetwork, startSmallNetwork } from '@passport/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { KeyRing } from '../key-ring/key-ring.ts';
import { openGrant } from '../key-ring/open-grant.ts';
import { makePerson, testLedger, type TestPerson } from '../testing/test-person.ts';
import { termsOf } from './grant-terms.ts';
import { type OwnerView, readOwnerView } from './owner-view.ts';

const START_MS = 90_000;

const papers: Fields = { 'Vehicle.VehicleIdentification.Brand': 'Volvo' };
const trip: Fields = {
  'Passport.Trip.Start': '2026-11-23T08:00:00.000Z',
  'Vehicle.TripMeterReading': 24_000,
};
const work: Fields = { 'Passport.Intervention.Jobs': 'brakes' };

let network: SmallNetwork;
let folder: string;
let ring: KeyRing;
const sealer = new Sealer({ ledger: testLedger, random: randomBytes });
let events = 0;

beforeAll(async () => {
  network = await startSmallNetwork();
  folder = await mkdtemp(join(tmpdir(), 'passport-desk-'));
  ring = await KeyRing.open(folder);
}, START_MS);
afterAll(async () => {
  await network?.stop();
  await rm(folder, { recursive: true });
}, START_MS);

/** The client of the garage, which relays for everybody. */
function garage() {
  return network.fixture.members.GarageMSP.user;
}

function viewOf(vid: Vid): Promise<OwnerView> {
  return readOwnerView(garage(), vid);
}

async function relay(commands: readonly SignedCommand[]): Promise<void> {
  for (const command of commands) {
    const commandId = network.fixture.commandId();
    await garage().consent.relay({ commandId, commands: [command] });
  }
}

/** A vehicle of a person, registered with its first keys, its papers sealed to them. */
async function register(owner: TestPerson): Promise<{ vid: Vid; papersFor: Recorded }> {
  const vid = vidOfBytes(randomBytes(16));
  await owner.desk.enrol(vid, owner.signer);
  const keys = await owner.desk.firstKeys(vid);
  const now = instantOf(Date.now());
  const published = keys.map((key) => ({ ...key, vid, ownerEpoch: 1, from: key.from ?? now }));
  const where: SealedFor = { vid, event: PAPERS, contributor: parseMspId('MakerMSP') };
  const sealed = await sealer.seal(papers, where, currentKeys(published, later(now)));
  const { user, source } = network.fixture.members.MakerMSP;
  await user.passport.registerVehicles({
    commandId: network.fixture.commandId(),
    source,
    vehicles: [
      {
        ...{ ticket: await network.fixture.ticket(vid), day: parseDay('2020-01-15') },
        ...{ owner: owner.signer, keys, sealed },
      },
    ],
  });
  return { vid, papersFor: { ...where, sealed } };
}

type Recorded = SealedFor & { readonly sealed: Sealed };

/** Seals to the keys that are on the ledger now, and records it. */
async function record(
  vid: Vid,
  kind: 'trip' | 'intervention',
  by: 'MakerMSP' | 'GarageMSP',
  fields: Fields,
): Promise<Recorded> {
  const { user, source } = network.fixture.members[by];
  const { keys } = await viewOf(vid);
  events += 1;
  const event = parseEventId(`event-${events}`);
  const where = { vid, event, contributor: source satisfies SourceId };
  const sealed = await sealer.seal(fields, where, currentKeys(keys, later(instantOf(Date.now()))));
  const day = parseDay(new Date().toISOString().slice(0, 10));
  await user.passport.recordEvents({
    commandId: network.fixture.commandId(),
    source,
    events: [{ id: event, vid, kind, at: day, method: 'professional', sealed }],
  });
  return { ...where, sealed };
}

/** Transactions are timed by whoever submits them; a second more is in any case behind them. */
function later(now: Instant): Instant {
  return instantOf(Date.parse(now) + 1000);
}

/** What a member reads of something with a grant, as the ledger has it now. */
async function readByGrant(grantId: string, thing: Recorded): Promise<[Fields, KeyScope[]]> {
  const { grants } = await viewOf(thing.vid);
  const grant = grants.find((made): made is Grant => made.grantId === grantId);
  const opener = new Opener({ ledger: testLedger });
  if (grant !== undefined) {
    for (const key of await openGrant(ring, testLedger, grant)) {
      opener.addKey({ vid: thing.vid, scope: key.scope, epoch: key.epoch }, key.scalar);
    }
  }
  await opener.prepare([thing]);
  const { fields, closed } = opener.open(thing.sealed, thing);
  return [fields, [...closed]];
}

/** What an owner reads with all that they have. */
async function readByOwner(owner: TestPerson, thing: Recorded): Promise<[Fields, KeyScope[]]> {
  const opener = new Opener({ ledger: testLedger });
  await owner.desk.addKeys(opener, await viewOf(thing.vid));
  await opener.prepare([thing]);
  const { fields, closed } = opener.open(thing.sealed, thing);
  return [fields, [...closed]];
}

describe('an owner', { timeout: START_MS }, () => {
  test('grants, revokes, hands the car over without their own life, and is erased', async () => {
    const [owner, buyer] = [await makePerson(), await makePerson()];
    const { vid, papersFor } = await register(owner);
    const repair = await record(vid, 'intervention', 'GarageMSP', work);
    const drive = await record(vid, 'trip', 'MakerMSP', trip);
    expect(await readByOwner(owner, repair)).toEqual([work, []]);
    expect(await readByOwner(owner, papersFor)).toEqual([papers, []]);

    // The garage reads what was done, before the grant too, and nothing else.
    const grantee = { mspId: parseMspId('GarageMSP') };
    const { publicKey } = await ring.make(vid);
    const reader = { grantee, readerKey: publicKey };
    const visit = await owner.desk.grant(
      await viewOf(vid),
      reader,
      termsOf('garage-visit', instantOf(Date.now())),
    );
    await relay(visit.commands);
    expect(await readByGrant(visit.grantId, repair)).toEqual([work, []]);
    expect((await readByGrant(visit.grantId, drive))[0]).toEqual({});

    // The insurer reads distances from now on: no trip before it, and no time or place ever.
    const insured = { mspId: parseMspId('InsurerMSP') };
    const insurance = await owner.desk.grant(
      await viewOf(vid),
      { grantee: insured, readerKey: (await ring.make(vid)).publicKey },
      termsOf('pay-as-you-drive', instantOf(Date.now())),
    );
    await relay(insurance.commands);
    expect((await readByGrant(insurance.grantId, drive))[0]).toEqual({});
    const next = await record(vid, 'trip', 'MakerMSP', trip);
    const distance = { 'Vehicle.TripMeterReading': 24_000 };
    expect(await readByGrant(insurance.grantId, next)).toEqual([distance, ['usage']]);

    // Revoked: what comes next is closed to the garage, and the insurer reads on.
    await relay(await owner.desk.revoke(await viewOf(vid), visit.grantId));
    const hidden = await record(vid, 'intervention', 'GarageMSP', work);
    expect(await readByGrant(visit.grantId, hidden)).toEqual([{}, ['maintenance']]);
    expect(await readByGrant(visit.grantId, repair)).toEqual([work, []]);
    expect(await readByOwner(owner, hidden)).toEqual([work, []]);
    const onward = await record(vid, 'trip', 'MakerMSP', trip);
    expect(await readByGrant(insurance.grantId, onward)).toEqual([distance, ['usage']]);

    // Sold: the buyer reads the history of the car, and not how the seller lived.
    const wanted = await buyer.resale.prepareToBuy(vid, buyer.signer);
    const before = await viewOf(vid);
    const { id, seller } = await owner.resale.handOver(before, wanted);
    const signed = await buyer.resale.takeOver(before, id);
    const commandId = network.fixture.commandId();
    await garage().passport.transferOwnership({ commandId, seller, buyer: signed });
    expect(await buyer.resale.openHandOver(await viewOf(vid))).toBeGreaterThan(0);
    for (const thing of [repair, hidden]) {
      expect(await readByOwner(buyer, thing)).toEqual([work, []]);
    }
    expect(await readByOwner(buyer, papersFor)).toEqual([papers, []]);
    expect((await readByOwner(buyer, drive))[0]).toEqual({});
    const first = await record(vid, 'trip', 'MakerMSP', trip);
    expect(await readByOwner(buyer, first)).toEqual([trip, []]);
    expect((await readByGrant(insurance.grantId, first))[0]).toEqual({});

    // A buyer passes on what came with the car, and is erased with it.
    const third = await makePerson();
    const asked = await third.resale.prepareToBuy(vid, third.signer);
    const view = await viewOf(vid);
    const sale = await buyer.resale.handOver(view, asked);
    await garage().passport.transferOwnership({
      ...{ commandId: network.fixture.commandId(), seller: sale.seller },
      buyer: await third.resale.takeOver(view, sale.id),
    });
    await third.resale.openHandOver(await viewOf(vid));
    expect(await readByOwner(third, repair)).toEqual([work, []]);
    expect((await readByOwner(third, first))[0]).toEqual({});

    const command = await owner.desk.erase(vid, 1);
    await garage().consent.erase({ commandId: network.fixture.commandId(), command });
    await owner.desk.finishErasure(vid, 1);
    expect(await garage().consent.readErasures({ vid })).toMatchObject([{ vid, ownerEpoch: 1 }]);
    await expect(owner.wallet.rootKey(vid, 1)).rejects.toThrow(/^WALLET_KEY_UNKNOWN: /);
    expect(await readByOwner(third, repair)).toEqual([work, []]);
  });

  test('publishes the next keys in time, and who was granted reads on', async () => {
    const owner = await makePerson();
    const { vid } = await register(owner);
    const reader = {
      grantee: { mspId: parseMspId('GarageMSP') },
      readerKey: (await ring.make(vid)).publicKey,
    };
    const terms = termsOf('garage-visit', instantOf(Date.now()));
    const { grantId, commands } = await owner.desk.grant(await viewOf(vid), reader, terms);
    await relay(commands);
    await relay(await owner.desk.publish(await viewOf(vid)));
    const repair = await record(vid, 'intervention', 'GarageMSP', work);
    expect(await readByGrant(grantId, repair)).toEqual([work, []]);
    await relay(await owner.desk.rewrap(await viewOf(vid), grantId));
    expect(await readByGrant(grantId, repair)).toEqual([work, []]);
  });
});
