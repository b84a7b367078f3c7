import { randomUUID } from 'node:crypto';

import {
  generateSigningKey,
  PROOF_HEADER,
  readIdentity,
  readNetworkProfile,
  signCommand,
  type SigningKey,
  signRequest,
} from '@passport/ledger-client';
import {
  type CommandId,
  type ErrorCode,
  type Grant,
  PassportError,
  type VehicleAnswer,
  type Vid,
} from '@passport/model';
import { startSmallNetwork, type SmallNetwork, temporaryFolder } from '@passport/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { exportVehicle } from './access/export-vehicle.ts';
import { identify, readWithGrant } from './access/vehicle-desk.ts';
import { type OpenDesk, openDesk } from './open-desk.ts';
import { grantLine, line, ownedBy, timeAt } from './testing/consent-lines.ts';
import { quiet } from './testing/quiet-logger.ts';

const START_MS = 120_000;
const WAIT = { timeout: 20_000, interval: 50 };
const URL_OF_API = 'http://127.0.0.1:8080';

let network: SmallNetwork;
let owner: SigningKey;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let vid: Vid;

beforeAll(async () => {
  network = await startSmallNetwork();
  folder = await temporaryFolder('desk');
  owner = await generateSigningKey();
  const [registered] = await network.fixture.registerVehicles(1, owner.keyId);
  if (registered === undefined) throw new Error('one was to be registered');
  vid = registered;
}, START_MS);

afterAll(async () => {
  await network?.stop();
  await folder?.remove();
});

function open(mspId = 'MakerMSP', name = 'reads'): Promise<OpenDesk> {
  const settings = {
    ...{ ledgerProfile: network.profilePath, mspId, user: 'User1', chaincode: 'passport' },
    ...{ readsFolder: `${folder.path}/${name}`, readsFlushMs: 20, readsWaitingMax: 1_000 },
  };
  const surroundings = {
    ...{ logger: quiet, now: () => new Date(), random: Math.random, newQuery: randomUUID },
    publicUrl: () => URL_OF_API,
  };
  return openDesk(settings, surroundings).then((opened) => {
    if (opened === undefined) throw new Error('a desk was to be opened');
    return opened;
  });
}

async function sign(name: string, args: unknown) {
  const { fixture } = network;
  const id: CommandId = fixture.commandId();
  const command = await signCommand(owner, {
    ...{ channel: fixture.channel, functionName: `Consent:${name}`, target: vid, id, args },
    expiresAt: new Date(Date.now() + 600_000),
  });
  return { commandId: fixture.commandId(), command };
}

/** The log book as the pipeline would have it, with the grants that are on the ledger. */
function bookWith(...grants: readonly Partial<Grant>[]): VehicleAnswer {
  const events = [
    ownedBy(owner.keyId, 1, 0),
    ...grants.map((grant) => grantLine('granted', 1, { ...grant, owner: owner.keyId })),
    line('intervention', 2, { id: 'event-1', sealed: { maintenance: 'AQAA' } }),
  ];
  const known = { ledger: 'fabric:0123', block: 2, blockHash: '', definitions: 1 };
  return { ...known, ledgerTime: timeAt(2), vid, state: 'in-service', owners: 1, events };
}

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof PassportError) return error.code;
    throw error;
  }
}

test('reads reach the real contracts once, owners see them, and counts survive a restart', async () => {
  const { members } = network.fixture;
  const terms = {
    ...{ grantee: { mspId: 'GarageMSP' }, classes: ['maintenance'], purpose: 'maintenance' },
    ...{ legalBasis: 'contract', queriesMax: 3 },
  };
  const { answer: grant } = await members.GarageMSP.user.consent.grant(await sign('grant', terms));
  const granted = { grantId: grant.grantId, queriesMax: 3 };
  const book = bookWith(granted);

  let opened = await open();
  const profile = await readNetworkProfile(network.profilePath);
  const garage = await readIdentity(profile, 'GarageMSP', 'User1');
  const url = `${URL_OF_API}/v1/vehicles/${vid}`;
  const proof = await signRequest(garage, { method: 'GET', url }, () => new Date());
  const headers = new Headers({ [PROOF_HEADER]: proof });
  const caller = await identify(opened.desk, { method: 'GET', url, headers });
  expect(caller).toEqual({ mspId: 'GarageMSP' });
  await readWithGrant(opened.desk, caller, vid, book);
  await vi.waitUntil(() => opened.desk.journal.waiting === 0, WAIT);
  await opened.close();

  opened = await open();
  await readWithGrant(opened.desk, caller, vid, book);
  await readWithGrant(opened.desk, caller, vid, book);
  expect(await codeOf(readWithGrant(opened.desk, caller, vid, book))).toBe('QUERIES_SPENT');
  const all = await exportVehicle(opened.desk, { keyId: owner.keyId }, vid, book);
  expect(all.reads.map(({ grantId }) => grantId).sort()).toEqual(
    [grant.grantId, grant.grantId, grant.grantId, 'owner'].sort(),
  );
  await vi.waitUntil(() => opened.desk.journal.waiting === 0, WAIT);
  const { reads } = await members.InsurerMSP.user.consent.readReads({ vid });
  expect(reads).toHaveLength(4);
  expect(reads).toContainEqual(
    expect.objectContaining({
      ...{ grantId: grant.grantId, reader: { mspId: 'GarageMSP' }, purpose: 'maintenance' },
      ...{ scopes: ['maintenance'], by: 'MakerMSP' },
    }),
  );

  // What the ledger does not know it will never have; the rest of the batch it has.
  const unknown = bookWith({ grantId: 'grant-nobody-knows' });
  await readWithGrant(opened.desk, caller, vid, unknown);
  await readWithGrant(opened.desk, { keyId: owner.keyId }, vid, book);
  await vi.waitUntil(() => opened.desk.journal.waiting === 0, WAIT);
  expect(opened.desk.flusher.refused).toBe(1);
  expect((await members.MakerMSP.user.consent.readReads({ vid })).reads).toHaveLength(5);
  await opened.close();
});

test('reads wait while the member may not record them, and while the ledger is away', async () => {
  const insurers = await open('InsurerMSP', 'insurers');
  const book = bookWith();
  await readWithGrant(insurers.desk, { keyId: owner.keyId }, vid, book);
  await vi.waitUntil(() => insurers.desk.flusher.trouble !== undefined, WAIT);
  expect(insurers.desk.journal.waiting).toBe(1);
  await insurers.close();

  const opened = await open('MakerMSP', 'insurers');
  await vi.waitUntil(() => opened.desk.journal.waiting === 0, WAIT);
  await network.kill();
  await readWithGrant(opened.desk, { keyId: owner.keyId }, vid, book);
  await vi.waitUntil(() => opened.desk.flusher.trouble !== undefined, WAIT);
  expect(await codeOf(opened.desk.members.requireActive('GarageMSP' as never))).toBe('NOT_READY');
  await network.restart();
  await vi.waitUntil(() => opened.desk.journal.waiting === 0, WAIT);
  await opened.close();
});

test('a half configured desk is refused', async () => {
  const settings = { user: 'User1', chaincode: 'passport', readsFlushMs: 20, readsWaitingMax: 1 };
  const surroundings = {
    ...{ logger: quiet, now: () => new Date(), random: Math.random, newQuery: randomUUID },
    publicUrl: () => URL_OF_API,
  };
  const ledger = { ...settings, ledgerProfile: network.profilePath, mspId: 'MakerMSP' };
  expect(await openDesk(ledger, surroundings)).toBeUndefined();
  const half = { ...settings, readsFolder: folder.path };
  await expect(openDesk(half, surroundings)).rejects.toThrow(/--reads-folder needs/);
});
