import { X509Certificate } from 'node:crypto';

import { emptyArchive } from '@passport/batch-layer';
import {
  generateSigningKey,
  type LedgerIdentity,
  MemoryReplayStore,
  PROOF_HEADER,
  type RequestSigner,
  signRequest,
  type SigningKey,
} from '@passport/ledger-client';
import {
  canonicalJson,
  type JsonValue,
  type LogRow,
  type MspId,
  millisecondsOf,
  parseDay,
  parseInstant,
  parseMspId,
  partitionOf,
  type VehicleEvent,
} from '@passport/model';
import { connectViews, SpeedReader } from '@passport/speed-layer';
import { issueCertificate, strangeAuthority } from '@passport/testkit';
import { vi } from 'vitest';

import type { VehicleDesk } from '../access/vehicle-desk.ts';
import type { AppOptions } from '../http/app-options.ts';
import type { CertificateDesk } from '../certificates/certificate-desk.ts';
import { createApp } from '../http/app.ts';
import { LiveMirror } from '../mirror/live-mirror.ts';
import { ReleasedMirror } from '../released/released-mirror.ts';
import { Flusher } from '../reads/flusher.ts';
import { FolderDisk, type JournalDisk } from '../journal/journal-disk.ts';
import { Members } from '../reads/members.ts';
import { ReadJournal } from '../reads/read-journal.ts';
import { ReadUsage } from '../reads/read-usage.ts';
import { vid } from './consent-lines.ts';
import { MemoryReadLedger } from './memory-ledger.ts';
import type { MirrorFixture } from './mirror-fixture.ts';
import { quiet } from './quiet-logger.ts';

const PARTITIONS = 2;
const WAIT = { timeout: 20_000, interval: 5 };

/** URL that callers know the server by, which is not the one that it hears. */
export const PUBLIC_URL = 'https://serving.example/passport';

/** People and members who ask. */
export type People = {
  readonly owner: SigningKey;
  readonly buyer: SigningKey;
  readonly stranger: SigningKey;
  readonly garage: LedgerIdentity;
  readonly insurer: LedgerIdentity;
  readonly roots: ReadonlyMap<MspId, readonly X509Certificate[]>;
};

export async function makePeople(): Promise<People> {
  const [owner, buyer, stranger] = await Promise.all([1, 2, 3].map(() => generateSigningKey()));
  if (owner === undefined || buyer === undefined || stranger === undefined) throw new Error();
  const roots = new Map<MspId, readonly X509Certificate[]>();
  const memberOf = async (name: string): Promise<LedgerIdentity> => {
    const authority = await strangeAuthority(name);
    roots.set(parseMspId(name), [new X509Certificate(authority.certificate)]);
    return issueCertificate(authority, { units: ['client'] });
  };
  const garage = await memberOf('GarageMSP');
  return { owner, buyer, stranger, garage, insurer: await memberOf('InsurerMSP'), roots };
}

/** An answer, and all bytes of it: of the body and of the headers. */
export type Got = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly bytes: string;
  readonly headers: Headers;
};

/** The API over a log book, with a desk. */
export type DeskWorld = {
  readonly app: ReturnType<typeof createApp>;
  readonly desk: VehicleDesk;
  readonly ledger: MemoryReadLedger;
  readonly bugs: unknown[];
  /** Asks as somebody, or as nobody. */
  readonly ask: (path: string, as?: RequestSigner) => Promise<Got>;
  /** Asks with the text of a proof. */
  readonly send: (path: string, proof?: string) => Promise<Got>;
  readonly prove: (path: string, as: RequestSigner) => Promise<string>;
  /** Starts the desk again, as after the end of the process. */
  readonly restart: () => Promise<DeskWorld>;
};

/** What is other than usual in a world. */
export type WorldOptions = {
  readonly isFree?: boolean;
  readonly disk?: JournalDisk;
  readonly ledger?: MemoryReadLedger;
  readonly now?: () => Date;
  /** Answers are sold. */
  readonly sales?: AppOptions['sales'];
  readonly marketKeys?: AppOptions['marketKeys'];
  readonly certificates?: CertificateDesk;
};

/** Serves a log book whose lines are in blocks from 0 on. */
export async function deskWorld(
  fixture: MirrorFixture,
  people: People,
  folder: string,
  lines: readonly VehicleEvent[],
  options: WorldOptions = {},
): Promise<DeskWorld> {
  const last = Math.max(...lines.map(({ block }) => block));
  const own = partitionOf(vid, PARTITIONS);
  const blocks = Array.from({ length: last + 1 }, (_, block) => ({
    stepMs: 60_000,
    facts: [],
    rows: Array.from({ length: PARTITIONS }, (__, partition) =>
      partition === own ? lines.filter((line) => line.block === block).map(rowOf) : [],
    ),
  }));
  const world = await fixture.world(blocks, PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    await world.write(partition, last);
  await world.settle();
  const redis = connectViews(fixture.viewsUrl, 'fail');
  redis.on('error', () => undefined);
  fixture.onEnd(() => redis.disconnect());
  const speed = new SpeedReader(redis, world.name);
  const shared = { archive: emptyArchive, speed, partitions: PARTITIONS };
  const mirror = new LiveMirror({ ...shared, logger: quiet, pollMs: 5, retryMs: 20 });
  const over = new AbortController();
  const following = mirror.follow(over.signal);
  fixture.onEnd(() => {
    over.abort(new Error('the test is over'));
    return following;
  });
  await vi.waitUntil(() => mirror.block === last, WAIT);
  const ledger = options.ledger ?? new MemoryReadLedger();
  const open = async (): Promise<DeskWorld> => {
    const desk = await openTestDesk(people, folder, ledger, options);
    const bugs: unknown[] = [];
    const onBug = (error: unknown): void => void bugs.push(error);
    const released = new ReleasedMirror({ archive: emptyArchive, logger: quiet, pollMs: 1_000 });
    const app = createApp({
      ...shared,
      mirror,
      released,
      isFree: options.isFree ?? false,
      ...{ desk, onBug, sales: options.sales, marketKeys: options.marketKeys },
      certificates: options.certificates,
    });
    return { ...asking(app), app, desk, ledger, bugs, restart: open };
  };
  return open();
}

function asking(app: ReturnType<typeof createApp>) {
  const send = async (path: string, proof?: string): Promise<Got> => {
    const headers = proof === undefined ? {} : { [PROOF_HEADER]: proof };
    const response = await app.request(`http://10.0.0.1:8080${path}`, { headers });
    const text = await response.text();
    const said = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return {
      status: response.status,
      body: JSON.parse(text) as Got['body'],
      bytes: `${said}\n\n${text}`,
      headers: response.headers,
    };
  };
  const prove = (path: string, as: RequestSigner): Promise<string> =>
    signRequest(as, { method: 'GET', url: `${PUBLIC_URL}${path}` }, () => new Date());
  const ask = async (path: string, as?: RequestSigner): Promise<Got> =>
    send(path, as === undefined ? undefined : await prove(path, as));
  return { send, prove, ask };
}

async function openTestDesk(
  { roots }: People,
  folder: string,
  ledger: MemoryReadLedger,
  { disk, now = () => new Date() }: WorldOptions,
): Promise<VehicleDesk> {
  const onDisk = disk ?? (await FolderDisk.open(folder));
  const journal = await ReadJournal.open(onDisk, () => undefined);
  const flusher = new Flusher({ journal, ledger, logger: quiet, flushMs: 5 });
  let queries = 0;
  const began = Math.random().toString(36).slice(2);
  return {
    ...{ journal, flusher, ledger, now, publicUrl: () => `${PUBLIC_URL}/` },
    proofs: { roots, now, replays: new MemoryReplayStore(() => new Date(0)) },
    members: new Members({ ledger, now, ageMsMax: 0 }),
    usage: new ReadUsage({ journal, flusher, ledger, now, countAgeMsMax: 60_000 }),
    newQuery: () => `${began}-${(queries += 1)}`,
  };
}

function rowOf(line: VehicleEvent): LogRow {
  const { kind, at, recordedAt, block, tx, index, place, odometerKm, quality, detail } = line;
  return {
    ...{ block, tx, index, vid, kind: kind as LogRow['kind'], odometerKm, quality },
    at: parseDay(at),
    recordedAtMs: millisecondsOf(parseInstant(recordedAt)),
    place: place as LogRow['place'],
    detail: canonicalJson(detail as Record<string, JsonValue>),
  };
}
