import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { emptyArchive } from '@passport/batch-layer';
import { generateSigningKey, MemoryReplayStore } from '@passport/ledger-client';
import { defaultMarket } from '@passport/model';
import {
  createApp,
  createListener,
  FolderDisk,
  LiveMirror,
  openSession,
  ReleasedMirror,
  termsOf,
} from '@passport/serving-api';
import { SpeedReader } from '@passport/speed-layer';
import { Hono } from 'hono';
import { Redis } from 'ioredis';

import { benchLogger } from '../pipeline/bench-log.ts';
import { BenchDesk, ESCROW, voucherOf } from './bench-desk.ts';
import { archiveOf, batchParts, eventParts } from './released-batches.ts';
import { usualMiddleware } from './usual-middleware.ts';

/** Who is paid for an answer: nobody, this server, or the usual middleware in front of it. */
export type Seller = 'nobody' | 'ours' | 'usual';

/** What the bench needs to load it: a session, and by client headers that pay once each. */
export type BuyingReady = {
  readonly port: number;
  readonly session: string;
  readonly payments: readonly (readonly string[])[];
};

/** A year of days by a few hundred models. */
const BATCHES = 50_000;
const [folder = '', seller = 'ours', isWrittenDown = 'yes', clients = '0', each = '0'] =
  process.argv.slice(2);

const disk = await FolderDisk.open(folder);
// Switched off, a debit is a line in memory: what the disk costs is the difference.
if (isWrittenDown !== 'yes') disk.append = () => Promise.resolve();
const bench = await BenchDesk.open(disk);
const { desk } = bench;
const parts = batchParts(BATCHES);
const archive = archiveOf([...parts, ...eventParts(parts)]);
const released = new ReleasedMirror({ archive, logger: benchLogger, pollMs: 1_000 });
await released.advance();
// Released views ask neither the mirror of exact views nor its Redis.
const redis = new Redis({ lazyConnect: true });
const shared = { archive: emptyArchive, speed: new SpeedReader(redis, 'bench'), partitions: 1 };
const mirror = new LiveMirror({ ...shared, logger: benchLogger, pollMs: 50, retryMs: 50 });
const refuse = (): never => {
  throw new Error('the bench asks for nothing of the ledger');
};
const ledger = { readTab: refuse, readTabs: refuse, readPrices: refuse, relay: refuse };
const proofs = { roots: new Map(), now: desk.now, replays: new MemoryReplayStore(desk.now) };
const terms = termsOf(desk, defaultMarket.challenge);
const publicUrl = (): string => 'http://127.0.0.1';
const options = {
  ...{ ...shared, mirror, released, isFree: seller !== 'ours' },
  // Where something is sold it is never free.
  sales: seller === 'ours' ? { desk, ledger, proofs, terms, publicUrl } : undefined,
  onBug: (error: unknown) => {
    throw error;
  },
};
const api = createApp(options);
const app = new Hono();
if (seller === 'usual') app.use('/v1/*', usualMiddleware(desk, '/v1/released/usage'));
app.route('/', api);

const buyer = await generateSigningKey();
const ahead = await voucherOf(buyer, await bench.openTab(buyer), ESCROW, 1);
const { credential } = await openSession(desk, { voucher: ahead });
const payments = await Promise.all(
  Array.from({ length: Number(clients) }, () => bench.payments(Number(each))),
);
const handler = seller === 'usual' ? app : api;
const server = createServer(createListener(handler, options)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ready: BuyingReady = { port, session: `Passport-Session ${credential}`, payments };
process.send?.(ready);
process.on('message', () => {
  redis.disconnect();
  process.exit(0);
});
