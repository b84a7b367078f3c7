import { PROOF_HEADER, type SigningKey } from '@passport/ledger-client';
import { parseInstant, type Tab, type VehicleEvent } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { eventWith, grantLine, timeAt, vid } from '../testing/consent-lines.ts';
import { type DeskWorld, deskWorld, makePeople, type People } from '../testing/desk-world.ts';
import { DrivenCar, grantToBuyer } from '../testing/driven-car.ts';
import { chargedOn, MarketWorld, paying, receiptIn, salesOf } from '../testing/market-world.ts';
import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';
import type { MarketDesk } from '../market/market-desk.ts';

const ESCROW = 10_000_000n;
const fixture = new MirrorFixture();
const path = `/v1/vehicles/${vid}`;
let people: People;
let car: DrivenCar;
let folder: TemporaryFolder;
let market: MarketWorld;
let desk: MarketDesk;
let tabs: ReadonlyMap<SigningKey, Tab>;
let seq: number;
beforeAll(async () => {
  people = await makePeople();
  car = await DrivenCar.of(people.owner.keyId);
});
beforeEach(async () => {
  folder = await temporaryFolder('vehicle-sales');
  market = await MarketWorld.start();
  desk = await market.desk();
  const buyers = [people.buyer, people.stranger];
  tabs = new Map(buyers.map((key) => [key, market.openTab(key.keyId, ESCROW)]));
  seq = 0;
});
afterEach(async () => {
  await fixture.clean();
  await folder.remove();
});

const worldOf = (lines: readonly VehicleEvent[]): Promise<DeskWorld> =>
  deskWorld(fixture, people, folder.path, lines, { sales: salesOf(desk), marketKeys: car.keys });

function tabOf(key: SigningKey): Tab {
  const tab = tabs.get(key);
  if (tab === undefined) throw new Error('each buyer has a tab');
  return tab;
}

/** Sends a request that the holder of a key pays for. */
async function buy(
  { app }: DeskWorld,
  key: SigningKey,
  asked: string,
  init: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const paid = await paying(key, tabOf(key), ESCROW, (seq += 1));
  const response = await app.request(`http://localhost${asked}`, {
    method: init.body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', ...paid, ...init.headers },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const codeOf = ({ text }: { readonly text: string }): unknown =>
  (JSON.parse(text) as { readonly code: unknown }).code;

describe('the driving of a car by month', { timeout: START_MS }, () => {
  async function lines(...more: readonly VehicleEvent[]): Promise<VehicleEvent[]> {
    return [
      ...car.start(),
      await car.toMarket(1),
      await car.trip(2, '2026-01-05', {
        ...{ 'Vehicle.TripMeterReading': 12_000, 'Passport.Trip.HarshBrakes': 2 },
        ...{ 'Passport.Trip.HarshAccelerations': 1, 'Passport.Trip.StartCell': '871fa4' },
      }),
      await car.trip(3, '2026-01-06', { 'Vehicle.TripMeterReading': 500 }),
      await car.trip(4, '2026-02-01', { 'Vehicle.TripMeterReading': 7_000 }),
      ...more,
    ];
  }
  const granted = (): VehicleEvent[] =>
    [people.buyer, people.stranger].map(({ keyId }, place) => ({
      ...grantToBuyer('granted', 5, keyId),
      tx: place,
    }));
  async function referenceOf(world: DeskWorld, key: SigningKey) {
    const got = await world.ask(`${path}/reference?for=${key.keyId}`, people.owner);
    return got.body as { readonly reference: string; readonly vehicle: string };
  }
  const question = (reference: string) => ({
    vehicles: [reference],
    ...{ from: '2026-01', to: '2026-02' },
  });
  type Driving = { readonly rows: unknown[][]; readonly block: number };

  test('is sold to who was granted it, under an id that no other buyer has', async () => {
    const world = await worldOf(await lines(...granted()));
    const answers: Driving[] = [];
    for (const key of [people.buyer, people.stranger]) {
      const { reference, vehicle } = await referenceOf(world, key);
      const body = question(reference);
      const sold = await buy(world, key, '/v1/driving', { body });
      expect(sold.status).toBe(200);
      expect(sold.text).not.toContain(vid);
      const answer = JSON.parse(sold.text) as Driving;
      expect(answer.rows).toEqual([
        [vehicle, '2026-01', 2, 12_500, 2, 1, 0],
        [vehicle, '2026-02', 1, 7_000, 0, 0, 0],
      ]);
      expect(receiptIn(sold.headers)).toMatchObject({
        ...{ product: 'monthly-driving', kind: 'vehicle', units: 2, qualityPermille: 800 },
        price: String((100_000 + 2 * 500) / 2),
      });
      answers.push(answer);
    }
    const names = answers.map(({ rows }) => new Set(rows.map(([name]) => name)));
    expect([...(names[0] ?? [])].filter((name) => names[1]?.has(name))).toEqual([]);
    const reads = (await world.ask(`${path}/reads`, people.owner)).body['reads'];
    expect(reads).toMatchObject(
      [people.stranger, people.buyer].map(({ keyId }) => ({
        ...{ reader: { keyId }, purpose: 'insurance' },
        scopes: ['driving', 'Vehicle.TripMeterReading'],
      })),
    );
    expect(world.bugs).toEqual([]);
  });

  test('is not found by the reference of another buyer, by a vid, or by what is none', async () => {
    const world = await worldOf(await lines(...granted()));
    const { reference } = await referenceOf(world, people.stranger);
    for (const named of [reference, vid, 'v-', `${reference.slice(0, -1)}A`, '']) {
      const refused = await buy(world, people.buyer, '/v1/driving', { body: question(named) });
      expect([refused.status, codeOf(refused)]).toEqual([404, 'VEHICLE_UNKNOWN']);
    }
    const own = await world.ask(`${path}/reference`, people.stranger);
    expect(own.body).toMatchObject({ reference });
    expect(
      (await world.ask(`${path}/reference?for=${people.buyer.keyId}`, people.stranger)).status,
    ).toBe(403);
    expect(chargedOn(desk, tabOf(people.buyer))).toBe(0n);
  });

  test.each([
    ['was revoked', { revokedAt: parseInstant(timeAt(6)) }, 'GRANT_ENDED'],
    ['is for another purpose', { purpose: 'maintenance' }, 'GRANT_UNKNOWN'],
    ['is of usage only', { classes: ['usage'] }, 'SCOPE_NOT_GRANTED'],
  ] as const)('is closed where the grant %s', async (_, changes, code) => {
    const kind = 'revokedAt' in changes ? 'grant-revoked' : 'granted';
    const { keyId } = people.buyer;
    const world = await worldOf(await lines(grantToBuyer(kind, 6, keyId, changes)));
    const { reference } = await referenceOf(world, people.buyer);
    const refused = await buy(world, people.buyer, '/v1/driving', { body: question(reference) });
    expect(codeOf(refused)).toBe(code);
    expect(refused.text).not.toMatch(/12500|2026-01/);
    expect(chargedOn(desk, tabOf(people.buyer))).toBe(0n);
    expect(world.desk.journal.durable(10)).toEqual([]);
  });

  test('is closed where the owner does not let the market open it', async () => {
    const all = (await lines(...granted())).filter(
      ({ detail }) => detail['grantId'] !== 'grant-market',
    );
    const world = await worldOf(all);
    const { reference } = await referenceOf(world, people.buyer);
    const refused = await buy(world, people.buyer, '/v1/driving', { body: question(reference) });
    expect(codeOf(refused)).toBe('GRANT_UNKNOWN');
    expect(chargedOn(desk, tabOf(people.buyer))).toBe(0n);
  });

  test('is given again by its key, and no more once the grant is revoked', async () => {
    const world = await worldOf(await lines(...granted()));
    const { reference } = await referenceOf(world, people.buyer);
    const asked = {
      body: question(reference),
      headers: { 'Idempotency-Key': 'driving-000000001' },
    };
    const first = await buy(world, people.buyer, '/v1/driving', asked);
    const again = await buy(world, people.buyer, '/v1/driving', asked);
    expect(again.text).toBe(first.text);
    const revoked = { revokedAt: parseInstant(timeAt(6)) };
    const later = await worldOf(
      await lines(...granted(), grantToBuyer('grant-revoked', 6, people.buyer.keyId, revoked)),
    );
    expect(codeOf(await buy(later, people.buyer, '/v1/driving', asked))).toBe('GRANT_ENDED');
    expect(chargedOn(desk, tabOf(people.buyer))).toBe(50_500n);
  });

  test('is quoted to anybody, by the months asked for, and tells nothing of the car', async () => {
    const { app } = await worldOf(await lines());
    const ask = (named: string) =>
      app.request('http://localhost/v1/driving', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(question(named)),
      });
    const asked = await ask('v-nothing');
    expect(asked.status).toBe(402);
    expect(await asked.json()).toMatchObject({ code: 'PAYMENT_REQUIRED' });
  });
});

describe('a log book', { timeout: START_MS }, () => {
  const lines = (...more: readonly VehicleEvent[]): VehicleEvent[] => [
    ...car.start(),
    eventWith(['maintenance'], 1, 'intervention'),
    grantLine('granted', 2, { includesPast: true }),
    grantLine('granted', 3, {
      ...{ grantId: 'grant-buyer', grantee: { keyId: people.buyer.keyId } },
      ...{ purpose: 'sale', includesPast: true },
    }),
    eventWith(['maintenance'], 4, 'intervention'),
    ...more,
  ];

  test('is sold to a buyer who was granted it, and free for its owner and for members', async () => {
    const world = await worldOf(lines());
    expect((await world.ask(path, people.owner)).status).toBe(200);
    expect((await world.ask(path, people.garage)).status).toBe(200);
    const asked = await world.ask(path, people.buyer);
    expect(asked.body).toMatchObject({ status: 402, code: 'PAYMENT_REQUIRED' });
    expect(asked.bytes).not.toContain('odometerKm');
    expect(world.desk.journal.durable(10)).toHaveLength(2);
    const sold = await buy(world, people.buyer, path);
    expect(sold.status).toBe(200);
    const book = JSON.parse(sold.text) as { readonly events: unknown[]; readonly vehicle: string };
    expect(book.vehicle).toMatch(/^p-/);
    expect(sold.text).not.toContain(vid);
    const { length } = book.events;
    expect(length).toBeGreaterThan(2);
    expect(receiptIn(sold.headers)).toMatchObject({
      ...{ product: 'vehicle-history', kind: 'vehicle', units: length, qualityPermille: 700 },
      price: String(100_000 + 500 * length),
    });
    expect(world.desk.journal.durable(10)).toHaveLength(3);
    expect(world.bugs).toEqual([]);
  });

  test('is sold to nobody else, whatever they pay', async () => {
    const world = await worldOf(lines());
    const strange = await buy(world, people.stranger, path);
    const unknown = await buy(world, people.stranger, `/v1/vehicles/${'b'.repeat(25)}a`);
    expect(strange).toMatchObject({ status: 404, text: unknown.text });
    expect(chargedOn(desk, tabOf(people.stranger))).toBe(0n);
    const stolen = await world.app.request(`http://localhost${path}`, {
      headers: {
        ...(await paying(people.buyer, tabOf(people.buyer), ESCROW, 99, { by: people.stranger })),
        [PROOF_HEADER]: await world.prove(path, people.stranger),
      },
    });
    expect(stolen.status).not.toBe(200);
    expect(await stolen.text()).not.toContain('odometerKm');
    expect(world.desk.journal.durable(10)).toEqual([]);
  });

  test('is the same bytes when it is computed again at its block, after a restart', async () => {
    const named = { headers: { 'Idempotency-Key': 'history-000000001' } };
    const first = await buy(await worldOf(lines()), people.buyer, path, named);
    desk = await market.desk();
    const again = await buy(await worldOf(lines()), people.buyer, path, named);
    expect(again.text).toBe(first.text);
    expect(receiptIn(again.headers)).toEqual(receiptIn(first.headers));
    expect(desk.journal.unsettled).toHaveLength(1);
  });
});
