import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readVehicleBook } from '@passport/client';
import {
  BankDesk,
  Buyer,
  generateBuyerKey,
  importBuyerKey,
  type PurseContent,
  viewAsk,
} from '@passport/client/buyer';
import {
  connectLedger,
  KeyRing,
  passportClient,
  readIdentity,
  readNetworkProfile,
} from '@passport/ledger-client';
import { parse, parseEuros, parseVid, reference, type Vid } from '@passport/model';
import { sleep, systemNow, systemRandom } from '@passport/runtime';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { readEnrolments } from '@passport/web/enrolments';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { root } from '../compose/project-files.ts';
import { type NativeStack, startNativeStack } from './native-stack.ts';

/** Fetching Kafka and compiling the S3 server included. */
const START_MS_MAX = 900_000;
const FEED_MS_MAX = 600_000;
const CATCH_UP_MS_MAX = 240_000;
const VERIFY_MS_MAX = 120_000;
const STOP_MS_MAX = 120_000;
const VEHICLES = 6;
/** So many are enough that some of what they tell is released: what is not cannot be bought. */
const VEHICLES_SOLD = 60;
const EPOCH_BLOCKS = 8;
const MARKET = 'MutualMSP';

let folder: TemporaryFolder;
let stack: NativeStack | undefined;

beforeAll(async () => {
  folder = await temporaryFolder('stack');
  // What the image has for its volumes.
  const image = await readFile(join(root, 'deploy/images/Dockerfile'), 'utf8');
  const kept = /for folder in ([^;]+);/.exec(image)?.[1]?.split(' ') ?? [];
  await Promise.all(kept.map((name) => mkdir(join(folder.path, name))));
  stack = await startNativeStack(folder.path, {
    SERVING_FREE: 'true',
    FEED_VEHICLES: String(VEHICLES),
    // So that some epochs close, and the batch layer has its part in the answers.
    EPOCH_BLOCKS: String(EPOCH_BLOCKS),
  });
}, START_MS_MAX);

afterAll(async () => {
  await stack?.stop();
  await folder.remove();
}, STOP_MS_MAX);

test('answers come to the height of the ledger', { timeout: CATCH_UP_MS_MAX }, async () => {
  expect(await caughtUp()).toBeGreaterThan(10);
  const [trips, vehicles = 0] = await readUsage();
  expect(trips).toBeGreaterThan(VEHICLES);
  // Not every vehicle of the fleet tells its trips.
  expect(vehicles).toBeGreaterThan(0);
  expect(vehicles).toBeLessThanOrEqual(VEHICLES);
});

test('the market counts what is sealed, and shows it to nobody', async () => {
  await caughtUp();
  const usage = await json(`${running().api}/v1/views/usage?metrics=distanceM`);
  expect((usage['rows'] as number[][])[0]?.[0]).toBeGreaterThan(0);
  const book = await json(`${running().api}/v1/vehicles/${await drivenVid()}`);
  const events = book['events'] as { readonly kind: string; readonly detail: object }[];
  const trips = events.filter(({ kind }) => kind === 'trip');
  expect(trips.length).toBeGreaterThan(0);
  for (const { detail } of trips) {
    expect(detail).toHaveProperty(['sealed', 'Vehicle.TripMeterReading'], expect.any(String));
    expect(detail).not.toHaveProperty('fields');
  }
});

test(
  'who proves a grant reads by it, and the owner finds that on the ledger',
  { timeout: CATCH_UP_MS_MAX },
  async () => {
    const vid = await drivenVid();
    const profile = await readNetworkProfile(running().profile);
    const asking = { api: running().api, now: systemNow, vid };
    const { events } = await readVehicleBook({
      ...asking,
      signer: await readIdentity(profile, MARKET, 'User1'),
      keys: { readerKeys: await KeyRing.open(join(folder.path, 'market-keys')) },
    });
    const trip = events.find(({ kind }) => kind === 'trip');
    expect(trip?.fields['Vehicle.TripMeterReading']?.value).toBeGreaterThan(0);
    const stranger = await readIdentity(profile, 'GarageMSP', 'User1');
    await expect(
      readVehicleBook({ ...asking, signer: stranger, keys: undefined }),
    ).rejects.toMatchObject({ apiCode: 'VEHICLE_UNKNOWN' });
    const connection = await connectLedger(profile, { mspId: 'GarageMSP', user: 'User1' });
    try {
      const { signal } = new AbortController();
      const chaincode = { chaincode: 'passport', random: systemRandom, signal };
      const { consent } = passportClient(connection, chaincode);
      const read = async (): Promise<unknown> => (await consent.readReads({ vid })).reads;
      const expected = [expect.objectContaining({ reader: { mspId: MARKET }, purpose: 'market' })];
      await expect.poll(read, { timeout: CATCH_UP_MS_MAX }).toEqual(expected);
    } finally {
      connection.close();
    }
  },
);

test(
  'what is fed again comes once, and what is new by both speed layers',
  {
    timeout: FEED_MS_MAX,
  },
  async () => {
    const before = await caughtUp();
    const usage = await readUsage();
    await running().run('feed');
    await caughtUp();
    expect(await readUsage()).toEqual(usage);
    // The instances share the partitions a moment after they have started: then both have new blocks.
    let vehicles = VEHICLES;
    const smallestShare = async (): Promise<number> => {
      vehicles += VEHICLES;
      await running().run('feed', { FEED_VEHICLES: String(vehicles) });
      await caughtUp();
      const shares = await Promise.all(['speed-1', 'speed-2'].map(partitionsOf));
      expect(new Set(shares.flat()).size).toBe(8);
      return Math.min(...shares.map((share) => share.length));
    };
    await expect.poll(smallestShare, { timeout: CATCH_UP_MS_MAX }).toBeGreaterThan(0);
    expect(await caughtUp()).toBeGreaterThan(before);
    expect((await readUsage())[0]).toBeGreaterThan(Number(usage[0]));
  },
);

test(
  'the batch layer archives the epochs that are closed',
  { timeout: CATCH_UP_MS_MAX },
  async () => {
    const newest = await caughtUp();
    const closed = EPOCH_BLOCKS * Math.floor((newest + 1) / EPOCH_BLOCKS) - 1;
    expect(closed).toBeGreaterThan(0);
    const watermark = async (): Promise<unknown> =>
      (await json(`${running().api}/v1/status`))['watermark'];
    await expect.poll(watermark, { timeout: CATCH_UP_MS_MAX }).toBe(closed);
  },
);

test('the ledger alone gives the same answers', { timeout: VERIFY_MS_MAX }, async () => {
  // It ends badly when one answer differs.
  expect((await running().run('verify')).split('\n').length).toBeGreaterThan(10);
});

test(
  'a newcomer pays in, buys an answer, and it is settled',
  { timeout: FEED_MS_MAX + 3 * CATCH_UP_MS_MAX },
  async () => {
    const { api, bank } = running();
    await running().run('feed', { FEED_VEHICLES: String(VEHICLES_SOLD) });
    const pause = (ms: number): Promise<void> => sleep(ms);
    const surroundings = { fetch, now: systemNow, pause };
    const key = await importBuyerKey(await generateBuyerKey());
    let kept: PurseContent | undefined;
    const store = {
      read: () => Promise.resolve(kept),
      write: (content: PurseContent) => Promise.resolve(void (kept = content)),
    };
    const buyer = new Buyer({ ...surroundings, api, key, store });
    const desk = new BankDesk(bank, surroundings);
    let deposits = 0;
    const deposit = async (): Promise<void> => {
      deposits += 1;
      const own = parse(reference, `stack-deposit-${deposits}`);
      await desk.deposit(buyer.account, parseEuros('5.00'), own);
    };
    await deposit();
    await buyer.tabs.open({ amountMicro: 1_000_000n });
    const ask = viewAsk({ view: 'usage', metrics: ['trips'], by: ['brand'] });
    const { paid } = await vi.waitUntil(
      async () => {
        // The market offers its products once the ledger knows its operator; what rests on no data is free.
        const bought = await buyer.buy(ask).catch(() => undefined);
        if (bought !== undefined && bought.paid !== null) return bought;
        // Data are released when their epoch is over, and nobody else writes here: what is paid in makes its last blocks.
        await deposit();
        return undefined;
      },
      { timeout: CATCH_UP_MS_MAX, interval: 1_000 },
    );
    expect(paid?.receipt).toMatchObject({ operator: MARKET, product: 'fleet-usage' });
    const settled = async (): Promise<unknown> =>
      ((await json(`${api}/v1/market/summary`))['settled'] as { receipts: number }).receipts;
    await expect.poll(settled, { timeout: CATCH_UP_MS_MAX }).toBe(1);
  },
);

test('the pages are there, with the API, the bank and the ledger behind them', async () => {
  const { pages } = running();
  const page = await fetch(pages);
  expect([page.status, page.headers.get('content-type')]).toEqual([
    ...[200, 'text/html; charset=UTF-8'],
  ]);
  // The API under the pages' origin, the bank below /bank, and what the ledger says of the consortium.
  expect(await json(`${pages}/v1/products`)).toHaveProperty('products');
  const account = 'org:InsurerMSP';
  expect(await json(`${pages}/bank/v1/accounts/${account}`)).toMatchObject({ account });
  expect(await (await fetch(`${pages}/consortium`)).text()).toContain('GarageMSP');
  expect((await fetch(`${pages}/professionals/place`)).status).toBe(200);
  const file = join(folder.path, 'enrolments', 'enrolments.json');
  expect(await readEnrolments(file)).toHaveLength(4);
});

test('each service tells that it lives, that it works, and its metrics', async () => {
  const watched = [...running().services].filter(([, { health }]) => health !== undefined);
  expect(watched.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      ...['listener', 'speed-1', 'speed-2', 'batch', 'serving'],
      ...['evaluator', 'registry', 'desk', 'web'],
    ]),
  );
  for (const [name, { health = '' }] of watched) {
    expect((await fetch(`${health}/healthz`)).status, name).toBe(200);
    expect((await fetch(`${health}/readyz`)).status, name).toBe(200);
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics, name).toMatch(/^# TYPE \w+ (gauge|counter|histogram)$/m);
  }
});

test('each service ends in order when it is asked to', { timeout: STOP_MS_MAX }, async () => {
  const ends = await running().stop();
  stack = undefined;
  expect(ends.size).toBeGreaterThan(5);
  for (const [name, end] of ends) expect(end, name).toEqual({ code: 0, signal: null });
});

function running(): NativeStack {
  return stack ?? expect.fail('the stack did not start');
}

async function json(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url);
  expect(answer.status, url).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** Waits until the API answers at the newest block of the ledger, and answers which that is. */
async function caughtUp(): Promise<number> {
  const { api, control } = running();
  const newest = Number((await json(`${control}/status`))['height']) - 1;
  const block = async (): Promise<unknown> => (await json(`${api}/v1/status`))['block'];
  await expect.poll(block, { timeout: CATCH_UP_MS_MAX }).toBe(newest);
  return newest;
}

/** A vehicle that drove. */
async function drivenVid(): Promise<Vid> {
  const text = await readFile(join(folder.path, 'feed', 'notable-vehicles.json'), 'utf8');
  return parseVid((JSON.parse(text) as { readonly driven: string }).driven);
}

/** All trips, and the vehicles that made them. */
async function readUsage(): Promise<readonly number[]> {
  const usage = await json(`${running().api}/v1/views/usage?metrics=trips,vehicles`);
  return (usage['rows'] as number[][])[0] ?? [];
}

/** The partitions that an instance of the speed layer has brought forward. */
async function partitionsOf(name: string): Promise<(string | undefined)[]> {
  const answer = await fetch(`${running().services.get(name)?.health ?? ''}/metrics`);
  const lines = (await answer.text()).matchAll(/^speed_height_blocks\{.*partition="(\d+)"/gm);
  return [...lines].map(([, partition]) => partition);
}
