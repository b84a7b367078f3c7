import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import {
  type BatchContributions,
  type ContributionArchive,
  emptyArchive,
  type ObjectStore,
  openFolderStore,
  type ReleasedBatch,
  type Watermark,
} from '@passport/batch-layer';
import {
  generateSigningKey,
  PROOF_HEADER,
  readIdentity,
  readNetworkProfile,
  type RequestSigner,
  type SigningKey,
  signRequest,
  writeSigningKey,
} from '@passport/ledger-client';
import { type LocalRedis, startRedis } from '@passport/local-servers';
import {
  type Account,
  amountOf,
  isShareUnder,
  keyAccount,
  microOf,
  organisationAccount,
  ownerRef,
  parseMspId,
  type SettlementAudit,
  type Tab,
} from '@passport/model';
import { SpeedReader } from '@passport/speed-layer';
import {
  MarketFixture,
  type SmallNetwork,
  startSmallNetwork,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { createApp } from '../http/app.ts';
import { type OpenSales, openSales } from '../market/open-sales.ts';
import type { Usage } from '../market/usage.ts';
import { LiveMirror } from '../mirror/live-mirror.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { contribution } from '../testing/settling-world.ts';
import type { ShareClaimed } from './claim-share.ts';
import { type OpenSettlement, openSettlement } from './open-settlement.ts';
import type { OwnerLeaf, Statement } from './statement.ts';
import type { MarketSummary } from './summary.ts';

const START_MS = 180_000;
const WAIT = { timeout: 60_000, interval: 100 };
const TAB = 1_000_000n;
const PATH = '/v1/released/usage?metrics=trips,distanceM&by=brand';
const QUERIES = 20;

const batch: ReleasedBatch = {
  view: 'usage',
  dimensions: ['2026-01-01', 'Seat', '*', '*', '*', '*', 'dt'],
  block: 3,
  sums: Object.entries({ batches: 1, vehicles: 12, owners: 5, trips: 20, distanceM: 20_000 }),
};
let contributions: readonly BatchContributions[] = [];
const archive: ContributionArchive = {
  ...emptyArchive,
  watermark: (): Promise<Watermark> =>
    Promise.resolve({
      ...{ ledger: 'fabric:a', block: 3, hash: '3', ledgerTimeMs: 3_000, epochBlocks: 4 },
      ...{ partitions: 1, definitions: 1, tables: {}, edition: 0 },
    }),
  async *contributions() {
    await Promise.resolve();
    yield contributions;
  },
};

let devnet: SmallNetwork;
let fixture: MarketFixture;
let folder: TemporaryFolder;
let redis: LocalRedis;
let store: ObjectStore;
let sales: OpenSales;
let settlement: OpenSettlement;
let server: Server;
let url: string;
let owner: SigningKey;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  devnet = await startSmallNetwork();
  fixture = await MarketFixture.prepare(devnet.fixture);
  folder = await temporaryFolder('settlement');
  redis = await startRedis({ directory: `${folder.path}/redis`, role: 'durable' });
  store = await openFolderStore({ folder: `${folder.path}/objects`, now: () => new Date() });
  owner = await generateSigningKey();
  contributions = [
    contribution(
      3,
      'Seat',
      { [ownerRef(owner.keyId)]: 6, 'msp:GarageMSP': 4 },
      { 'MakerMSP/telematics': [10, 900], 'GarageMSP/workshop': [10, 300] },
    ),
  ];
  await writeSigningKey(`${folder.path}/operator.json`, await generateSigningKey());
  await start();
}, START_MS);

afterAll(async () => {
  server?.close();
  await settlement?.close();
  await sales?.close();
  for (const close of closers) close();
  await redis?.stop();
  await devnet?.stop();
  await folder?.remove();
});

async function start(): Promise<void> {
  const opened = await openSales(
    {
      ...{ operatorKey: `${folder.path}/operator.json`, debitsFolder: `${folder.path}/debits` },
      ...{ ledgerProfile: devnet.profilePath, mspId: 'MakerMSP', user: 'User1' },
      ...{ chaincode: 'passport', logName: 'passport', answerHoldMs: 60_000 },
    },
    { logger: quiet, now: () => new Date(), random: Math.random, publicUrl: () => url },
  );
  if (opened === undefined) throw new Error('selling was to be opened');
  sales = opened;
  const settling = await openSettlement(
    { jobsRedisUrl: redis.url, settleMs: 200, auditors: 'InsurerMSP', logName: 'passport' },
    sales,
    { archive, store, logger: quiet },
  );
  if (settling === undefined) throw new Error('settling was to be opened');
  settlement = settling;
  const views = new Redis({ lazyConnect: true });
  closers.push(() => views.disconnect());
  const shared = { archive: emptyArchive, speed: new SpeedReader(views, 'test'), partitions: 1 };
  const batches = {
    ...archive,
    watermarkAt: () => archive.watermark(),
    async *batches() {
      await Promise.resolve();
      yield [batch];
    },
  };
  const released = new ReleasedMirror({ archive: batches, logger: quiet, pollMs: 5 });
  await released.advance();
  const app = createApp({
    ...{ ...shared, released, sales, settlement, isFree: false },
    mirror: new LiveMirror({ ...shared, logger: quiet, pollMs: 5, retryMs: 5 }),
    onBug: (error) => {
      throw error;
    },
  });
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A request that proves who sends it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what it is, the caller knows.
async function get<Answer>(path: string, signer?: RequestSigner) {
  const headers: Record<string, string> = {};
  if (signer !== undefined) {
    const asked = { method: 'GET', url: `${url}${path}` };
    headers[PROOF_HEADER] = await signRequest(signer, asked, () => new Date());
  }
  const response = await fetch(`${url}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Answer };
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what it is, the caller knows.
const post = async <Answer>(path: string, content: object) => {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify(content);
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Answer };
};

async function memberOf(mspId: string, user: string): Promise<RequestSigner> {
  return readIdentity(await readNetworkProfile(devnet.profilePath), mspId, user);
}

/** A buyer with a tab buys so many answers by a session. */
async function buy(key: SigningKey, tab: Tab, queries: number, seq: number): Promise<void> {
  const voucher = await fixture.voucher({ key, tab }, TAB / 2n, seq);
  const opened = await post<{ credential: string }>('/v1/sessions', { voucher });
  const headers = { Authorization: `Passport-Session ${opened.body.credential}` };
  const statuses = await Promise.all(
    Array.from({ length: queries }, async () => (await fetch(`${url}${PATH}`, { headers })).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
}

const summary = async (): Promise<MarketSummary> =>
  (await get<MarketSummary>('/v1/market/summary')).body;

const distributed = (receipts: number): Promise<void> =>
  vi.waitFor(async () => {
    const { settled, distributed: shared, waiting } = await summary();
    expect(waiting).toEqual({ receipts: 0, amount: '0' });
    expect(settled.receipts).toBe(receipts);
    expect(shared.amount).toBe(settled.amount);
  }, WAIT);

test(
  'what is sold is settled and shared out, and everybody sees their own part of it',
  async () => {
    const [first, second] = await fixture.fundBuyers(2, TAB);
    if (first === undefined || second === undefined) throw new Error('there were to be two');
    const tabs = await Promise.all(
      [first, second].map(async (key) => (await fixture.openTab(key, TAB)).answer),
    );
    const [tab, other] = tabs;
    if (tab === undefined || other === undefined) throw new Error('there were to be two');
    await Promise.all([buy(first, tab, QUERIES, 1), buy(second, other, QUERIES, 1)]);
    await distributed(2 * QUERIES);

    const account = keyAccount(owner.keyId);
    const path = (of: Account, what: string): string => `/v1/contributors/${of}/${what}`;
    // The operator knows owners by reference until they have proven a key.
    const early = await get<OwnerLeaf>(path(account, 'leaf'), owner);
    expect(early.body).toMatchObject({ isWaiting: true, proof: null, claimable: '0' });
    expect(BigInt(early.body.earned)).toBeGreaterThan(0n);
    await buy(first, tab, QUERIES, 2);
    await distributed(3 * QUERIES);

    // The owners' part is the owner's by six events of ten.
    const { settled, distributed: shared, owners, sold } = await summary();
    expect(sold).toEqual({ receipts: 3 * QUERIES, amount: settled.amount });
    const leaf = (await get<OwnerLeaf>(path(account, 'leaf'), owner)).body;
    const six = (BigInt(shared.toOwners) * 6n) / 10n;
    expect(BigInt(leaf.earned) - six).toBeLessThanOrEqual(BigInt(shared.distributions));
    expect(leaf).toMatchObject({ isWaiting: false, claimed: '0', claimable: leaf.earned });
    expect(owners).toEqual({ paidIn: shared.toOwners, unclaimed: shared.toOwners });
    const { market } = devnet.fixture.members.GarageMSP.user;
    const on = await market.readDistribution({
      ...{ operator: fixture.operator, number: leaf.distribution ?? 0 },
    });
    if (leaf.proof === null) throw new Error('there was to be a leaf');
    expect(isShareUnder(on.root, owner.keyId, leaf.proof)).toBe(true);

    // Each sale is in the statements, and comes to what was earned.
    const own = (await get<Statement>(path(account, 'statement'), owner)).body;
    expect(own.lines.length).toBeGreaterThan(0);
    expect(own.lines.every(({ settledInBlock }) => Number(settledInBlock) > 0)).toBe(true);
    const garage = organisationAccount(parseMspId('GarageMSP'));
    const all = [];
    for (let at: number | null = 99_999_999; at !== null;) {
      const page: Statement = (
        await get<Statement>(
          `${path(garage, 'statement')}?before=${at}`,
          await memberOf('GarageMSP', 'User1'),
        )
      ).body;
      all.push(page);
      at = page.next;
    }
    const lines = all.flatMap((page) => page.lines);
    expect(new Set(lines.map(({ receipt }) => receipt)).size).toBe(3 * QUERIES);
    const asSource = all.flatMap((page) => page.legs).filter(({ as }) => as === 'source');
    const sum = (list: readonly { readonly amount: string }[]): bigint =>
      list.reduce((total, { amount }) => total + BigInt(amount), 0n);
    expect(sum(lines)).toBe(sum(asSource));
    // Three of the four parts of quality times use are the other source's.
    const rounded = BigInt(shared.distributions * 4);
    expect(sum(asSource) * 4n - BigInt(shared.toSources)).toBeLessThanOrEqual(rounded);

    // A claim pays the owner, once.
    const command = await fixture.sign(owner, 'claim', { operator: fixture.operator });
    const claimed = await post<ShareClaimed>('/v1/claims', { command });
    expect(claimed).toMatchObject({ status: 200, body: { account, paid: leaf.earned } });
    expect(await fixture.total(owner.keyId)).toBe(BigInt(leaf.earned));
    const again = await fixture.sign(owner, 'claim', { operator: fixture.operator });
    expect(await post('/v1/claims', { command: again })).toMatchObject({
      ...{ status: 409, body: { code: 'SHARE_CLAIMED' } },
    });

    // Nobody else sees any of it.
    expect((await get(path(account, 'leaf'), first)).status).toBe(403);
    expect((await get(path(account, 'leaf'))).status).toBe(401);
    expect(
      (await get(path(garage, 'statement'), await memberOf('InsurerMSP', 'User1'))).status,
    ).toBe(403);
    const audit = '/v1/settlements/1/audit';
    expect((await get(audit, await memberOf('GarageMSP', 'Admin'))).status).toBe(403);
    expect((await get(audit, await memberOf('InsurerMSP', 'User1'))).status).toBe(403);
    const audited = await get<SettlementAudit>(audit, await memberOf('InsurerMSP', 'Admin'));
    expect(audited.status).toBe(200);
    expect(audited.body.file?.owners.length).toBe(2);

    // The buyer sees what was settled, and gets the rest back by closing.
    const usage = (await get<Usage>('/v1/buyers/me/usage', first)).body;
    expect(usage.settled.flatMap(({ receipts }) => receipts)).toHaveLength(2 * QUERIES);
    expect(usage).toMatchObject({ receipts: [], next: null });
    await buy(first, tab, 1, 3);
    const close = await fixture.sign(first, 'closeTab', { tab: tab.tab });
    expect((await post('/v1/tabs', { order: 'closeTab', command: close })).status).toBe(200);
    await vi.waitFor(async () => {
      const now = await market.readTab({ buyer: first.keyId, tab: tab.tab });
      expect(now.status).toBe('closed');
      expect(microOf(now.settled) + microOf(now.refunded)).toBe(TAB);
    }, WAIT);
    const seen = await get<{ tab: Tab }>(`/v1/tabs/${tab.tab}`, first);
    expect(seen.status).toBe(200);
    expect((await get(`/v1/tabs/${tab.tab}`, second)).status).toBe(404);
    expect(await fixture.total(first.keyId)).toBe(TAB - BigInt(2 * QUERIES + 1) * priceIn(usage));
  },
  START_MS,
);

function priceIn(usage: Usage): bigint {
  const [one] = usage.settled.flatMap(({ receipts }) => receipts);
  return microOf(one?.price ?? amountOf(0n));
}
