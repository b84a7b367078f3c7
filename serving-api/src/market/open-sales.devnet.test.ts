import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import {
  emptyArchive,
  type ReleaseArchive,
  type ReleasedBatch,
  type Watermark,
} from '@passport/batch-layer';
import {
  generateSigningKey,
  PROOF_HEADER,
  type SigningKey,
  signRequest,
  signVoucher,
  writeSigningKey,
} from '@passport/ledger-client';
import {
  type Amount,
  amountOf,
  microOf,
  parse,
  receipt as receiptSchema,
  receiptLeaf,
  receiptsTree,
  type Tab,
} from '@passport/model';
import { SpeedReader } from '@passport/speed-layer';
import {
  type Buyer,
  MarketFixture,
  type SmallNetwork,
  startSmallNetwork,
  type TemporaryFolder,
  temporaryFolder,
} from '@passport/testkit';
import { wrapFetchWithPayment } from '@x402/fetch';
import { x402Client } from '@x402/core/client';
import type { SchemeNetworkClient } from '@x402/core/types';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApp } from '../http/app.ts';
import { LiveMirror } from '../mirror/live-mirror.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { quiet } from '../testing/quiet-logger.ts';
import { type OpenSales, openSales } from './open-sales.ts';
import type { Usage } from './usage.ts';

const START_MS = 180_000;
const TAB = 1_000_000n;
const PATH = '/v1/released/usage?metrics=trips,distanceM&by=brand';

const batch: ReleasedBatch = {
  view: 'usage',
  dimensions: ['2026-01-01', 'Seat', 'Leon', '*', '*', '*', '*'],
  block: 3,
  sums: [
    ...([
      ['batches', 1],
      ['vehicles', 12],
      ['owners', 5],
      ['contributors', 1],
    ] as const),
    ...([
      ['trips', 20],
      ['distanceM', 20_000],
    ] as const),
  ],
};
const archive: ReleaseArchive = {
  watermark: () => archive.watermarkAt(3),
  watermarkAt: (): Promise<Watermark | undefined> =>
    Promise.resolve({
      ...{ ledger: 'fabric:a', block: 3, hash: '3', ledgerTimeMs: 3_000, epochBlocks: 4 },
      ...{ partitions: 1, definitions: 1, tables: {}, edition: 0 },
    }),
  async *batches() {
    await Promise.resolve();
    yield [batch];
  },
};

let devnet: SmallNetwork;
let fixture: MarketFixture;
let folder: TemporaryFolder;
let sales: OpenSales;
let buyer: SigningKey;
let server: Server;
let url: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  devnet = await startSmallNetwork();
  fixture = await MarketFixture.prepare(devnet.fixture);
  folder = await temporaryFolder('market');
  const [funded] = await fixture.fundBuyers(1, TAB);
  if (funded === undefined) throw new Error('there was to be a buyer');
  buyer = funded;
  await writeSigningKey(`${folder.path}/operator.json`, await generateSigningKey());
  await start();
}, START_MS);

afterAll(async () => {
  server?.close();
  await sales?.close();
  for (const close of closers) close();
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
  const redis = new Redis({ lazyConnect: true });
  closers.push(() => redis.disconnect());
  const shared = { archive: emptyArchive, speed: new SpeedReader(redis, 'test'), partitions: 1 };
  const released = new ReleasedMirror({ archive, logger: quiet, pollMs: 5 });
  await released.advance();
  const app = createApp({
    ...{ ...shared, released, sales, isFree: false },
    mirror: new LiveMirror({ ...shared, logger: quiet, pollMs: 5, retryMs: 5 }),
    onBug: (error) => {
      throw error;
    },
  });
  server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a standard client of x402 needs to know of the binding: how to sign what is asked for. */
function fabricScheme(tab: Tab): SchemeNetworkClient {
  let [charged, seq] = [0n, 0];
  return {
    scheme: 'batch-settlement',
    createPaymentPayload: async (x402Version, { amount }) => {
      charged += microOf(amount as Amount);
      seq += 1;
      const voucher = await signVoucher(buyer, {
        ...{ aud: fixture.operator, sub: tab.tab, ledger: fixture.ledger },
        ...{ channel: devnet.fixture.channel, amount: amountOf(charged), seq },
        expiresAt: new Date(tab.expiresAt),
      });
      return { x402Version, payload: { type: 'voucher', voucher } };
    },
  };
}

test(
  'a standard client of x402 buys answers, which are settled on the ledger',
  async () => {
    const opening = await fixture.opening(buyer, TAB);
    const opened = await fetch(`${url}/v1/tabs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ order: 'openTab', command: opening }),
    });
    expect(opened.status).toBe(200);
    const tab = (await opened.json()) as Tab;
    const unpaid = await fetch(`${url}${PATH}`);
    expect(unpaid.status).toBe(402);
    expect(await unpaid.json()).toMatchObject({ code: 'PAYMENT_REQUIRED' });

    const network = fixture.ledger as `fabric:${string}`;
    const client = x402Client.fromConfig({
      schemes: [{ network, client: fabricScheme(tab) }],
      spendControls: { allowedAssets: [{ network, asset: 'PCC', maxAmountPerPayment: '10000' }] },
    });
    const paidFetch = wrapFetchWithPayment(fetch, client);
    for (let bought = 0; bought < 2; bought += 1) {
      const answer = await paidFetch(`${url}${PATH}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ rows: [['Seat', 20, 20_000]], block: 3 });
    }

    const proof = await signRequest(
      buyer,
      { method: 'GET', url: `${url}/v1/buyers/me/usage` },
      () => new Date(),
    );
    const asked = await fetch(`${url}/v1/buyers/me/usage`, { headers: { [PROOF_HEADER]: proof } });
    const usage = (await asked.json()) as Usage;
    expect(usage.receipts).toHaveLength(2);
    const price = microOf(parse(receiptSchema, usage.receipts[0]).price);
    expect(usage.tabs).toMatchObject([
      { charged: String(2n * price), left: String(TAB - 2n * price) },
    ]);
    expect((await fetch(`${url}/v1/buyers/me/usage`)).status).toBe(401);

    // What the journal has is what a settlement takes: the newest voucher, and the tree of receipts.
    await sales.close();
    server.close();
    await start();
    const { unsettled } = sales.desk.journal;
    const receipts = unsettled.flatMap(({ entry }) =>
      entry.kind === 'sale' ? [entry.receipt] : [],
    );
    const { charged, accepted } = sales.desk.journal.of(tab, 0n);
    if (accepted === null) throw new Error('there was to be a voucher');
    const { root } = receiptsTree(receipts.map((one) => receiptLeaf(one)));
    const sum = amountOf(charged);
    const { answer } = await devnet.fixture.members.MakerMSP.user.market.settle({
      ...{ ...fixture.id(), number: 1, receipts: { root, count: receipts.length, sum } },
      products: [{ product: fixture.product, version: 1, receipts: receipts.length, amount: sum }],
      tabs: [{ voucher: accepted.voucher, claimed: sum }],
    });
    expect(answer).toMatchObject({ number: 1, taken: sum, tabs: 1 });
    const last = unsettled.at(-1)?.seq ?? 0;
    await sales.desk.journal.settle(last, Date.now());
    expect(await sales.desk.tabs.refresh(tab.buyer, tab.tab)).toMatchObject({ settled: sum });
    expect(sales.desk.journal.of(tab, charged).charged).toBe(charged);
  },
  START_MS,
);

test(
  'a buyer who wants the tab closed gets nothing more, and owes what was bought',
  async () => {
    const key = (await fixture.fundBuyers(1, TAB))[0];
    if (key === undefined) throw new Error('there was to be a buyer');
    const { answer: tab } = await fixture.openTab(key, TAB);
    const one: Buyer = { key, tab };
    const session = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ voucher: await fixture.voucher(one, 100_000n, 1) }),
    });
    const { credential } = (await session.json()) as { readonly credential: string };
    const headers = { Authorization: `Passport-Session ${credential}` };
    expect((await fetch(`${url}${PATH}`, { headers })).status).toBe(200);
    const command = await fixture.sign(key, 'closeTab', { tab: tab.tab });
    const closing = await fetch(`${url}/v1/tabs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ order: 'closeTab', command }),
    });
    expect(await closing.json()).toMatchObject({ status: 'closing' });
    const refused = await fetch(`${url}${PATH}`, { headers });
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ code: 'TAB_REFUSED' });
  },
  START_MS,
);
