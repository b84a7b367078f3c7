import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseMspId, PassportError, type SignedCommand, vidOfBytes } from '@passport/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';

import type { PassportClient } from '../contracts/passport-client.ts';
import { LedgerError } from '../ledger-error.ts';
import { readOwnerView } from '../owner/owner-view.ts';
import { MemoryReplayStore } from '../request-proof/replay-store.ts';
import { type PersonKey, personKeyOf } from '../signing/person-key.ts';
import { makePerson, testLedger, type TestPerson } from '../testing/test-person.ts';
import { HttpRelay } from './http-relay.ts';
import { RelayDesk } from './relay-desk.ts';
import { relayProblemOf } from './relay-problem.ts';

const vid = vidOfBytes(Buffer.alloc(16, 4));
const PROOF_URL = 'https://api.example';
const now = (): Date => new Date();

let server: Server;
let owner: TestPerson;
let key: PersonKey;
let stranger: PersonKey;
let relay: HttpRelay;
/** What the ledger was called with. */
let called: { readonly name: string; readonly request: Record<string, unknown> }[];
/** What the ledger fails with, one call after the other. */
let failures: Error[];

/** A ledger on which the owner has the car, and keys. */
async function smallLedger(): Promise<PassportClient> {
  const since = '2026-11-01T00:00:00.000Z';
  const published = await owner.desk.firstKeys(vid);
  const keys = published.map((one) => ({ ...one, vid, ownerEpoch: 1, from: one.from ?? since }));
  const ownership = { vid, owner: owner.signer, ownerEpoch: 1, since, handOver: null };
  const answers: Record<string, unknown> = {
    readOwnership: ownership,
    readSealingKeys: keys,
    ...{ readGrants: [], readTabs: [] },
    readVehicle: {
      registration: {},
      lifeCycle: { state: 'in-service', closed: { usage: 3 } },
      owner: { keyId: owner.signer, ownerEpoch: 1 },
    },
  };
  const call = (name: string) => async (request: Record<string, unknown>) => {
    called.push({ name, request });
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    if (name in answers) return answers[name];
    return { answer: { done: name }, blockNumber: 12n, transactionId: 'tx-1', attempts: 1 };
  };
  const contract = new Proxy({}, { get: (_, name) => call(String(name)) });
  // As much of a client as a relay calls.
  return { consent: contract, passport: contract, market: contract } as unknown as PassportClient;
}

beforeEach(async () => {
  [called, failures] = [[], []];
  owner = await makePerson();
  await owner.desk.enrol(vid, owner.signer);
  key = await personKeyOf(owner.wallet.signingKey(owner.signer));
  const other = await makePerson();
  stranger = await personKeyOf(other.wallet.signingKey(other.signer));
  const desk = new RelayDesk({
    client: await smallLedger(),
    place: { ledger: testLedger, channel: 'passport', member: 'GarageMSP', proofUrl: PROOF_URL },
    policy: { roots: new Map(), now, replays: new MemoryReplayStore(() => new Date(0)) },
  });
  server = createServer((request, response) => {
    void answer(desk, request).then(
      (body) => response.writeHead(200).end(JSON.stringify(body)),
      (error: unknown) => {
        const problem = relayProblemOf(error);
        response.writeHead(problem?.status ?? 500).end(JSON.stringify(problem ?? String(error)));
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  relay = new HttpRelay({ origin, proofUrl: PROOF_URL, now, random: () => 0 });
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** What a route does: it parts the request, and no more. */
async function answer(
  desk: RelayDesk,
  request: {
    url?: string | undefined;
    method?: string | undefined;
    headers: NodeJS.Dict<unknown>;
  } & AsyncIterable<Buffer>,
): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, , contract = '', functionName = ''] = url.pathname.split('/');
  if (contract === '') return desk.place();
  if (request.method === 'POST') {
    const parts = await Array.fromAsync(request);
    return desk.submit(contract, functionName, JSON.parse(Buffer.concat(parts).toString()));
  }
  const query = Object.fromEntries(url.searchParams);
  const proof = request.headers['dpop'] as string | undefined;
  const read = { proof, target: `${url.pathname}${url.search}`, query };
  return { answer: await desk.read(contract, functionName, read) };
}

describe('a relay over HTTP', () => {
  test('says where it leads, and what time it is', async () => {
    const { time, ...place } = await relay.place();
    expect(place).toEqual({
      ...{ ledger: testLedger, channel: 'passport', member: 'GarageMSP', proofUrl: PROOF_URL },
    });
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(10_000);
  });

  test('brings a desk its owner’s view, and what it signs to the function it is for', async () => {
    const view = await readOwnerView(relay.reads(key), vid);
    expect(view.closed).toEqual({ usage: 3 });
    expect(view.keys.length).toBeGreaterThan(50);
    const { publicKey } = stranger;
    const grantee = { mspId: parseMspId('GarageMSP') };
    const { commands } = await owner.desk.grant(
      view,
      { grantee, readerKey: publicKey },
      {
        ...{ classes: ['maintenance'], fields: [], purpose: 'maintenance' },
        ...{ legalBasis: 'consent', includesPast: false },
      },
    );
    called = [];
    const done = await relay.submitAll(commands);
    expect(called.map(({ name }) => name)).toEqual(['publishSealingKeys', 'grant']);
    expect(done.at(-1)).toEqual({ answer: { done: 'grant' }, block: '12', transactionId: 'tx-1' });
    expect(called.map(({ request }) => request['command'])).toEqual(commands);
  });

  test('sends again under the same command id while the ledger is away, and no longer', async () => {
    const command = await owner.desk.erase(vid, 1);
    const away = () =>
      new LedgerError('away', { step: 'endorse', code: 'LEDGER_UNAVAILABLE', retry: 'same-id' });
    failures = [away(), away()];
    called = [];
    await relay.submit(command);
    const ids = new Set(called.map(({ request }) => request['commandId']));
    expect([called.length, ids.size]).toEqual([3, 1]);
    await relay.submit(await owner.desk.erase(vid, 1));
    expect(new Set(called.map(({ request }) => request['commandId'])).size).toBe(2);
    failures = Array.from({ length: 4 }, away);
    await expect(relay.submit(command)).rejects.toMatchObject({
      ...{ code: 'RELAY_UNREACHABLE', refusal: 'LEDGER_UNAVAILABLE', retry: 'same-id' },
    });
  });

  test('tells what a contract refused with, by its code', async () => {
    const chaincode = { status: 500, code: 'GRANT_UNKNOWN', message: 'no such grant' };
    const refused = { step: 'endorse', code: 'CHAINCODE_REFUSED', retry: 'never' } as const;
    failures = [new LedgerError('refused', { ...refused, chaincode })];
    const submitted = relay.submit(await owner.desk.erase(vid, 1));
    await expect(submitted).rejects.toMatchObject({
      ...{ code: 'RELAY_REFUSED', refusal: 'GRANT_UNKNOWN' },
      message: 'GRANT_UNKNOWN: no such grant',
    });
  });

  test('reads a car for its owner alone, and tells others what it tells of none', async () => {
    const foreign = relay.reads(stranger).consent.readGrants({ vid });
    await expect(foreign).rejects.toMatchObject({ refusal: 'VEHICLE_UNKNOWN' });
    const chaincode = { status: 500, code: 'VEHICLE_UNKNOWN', message: 'none of that vid' };
    const refused = { step: 'evaluate', code: 'CHAINCODE_REFUSED', retry: 'never' } as const;
    failures = [new LedgerError('refused', { ...refused, chaincode })];
    const none = relay.reads(stranger).consent.readGrants({ vid });
    const [one, other] = await Promise.allSettled([foreign, none]);
    expect(String(one.status === 'rejected' && one.reason)).toBe(
      String(other.status === 'rejected' && other.reason),
    );
    const tabs = (of: PersonKey, buyer: string) =>
      relay.read(of, 'Market/readTabs', { buyer }, z.unknown());
    await expect(tabs(stranger, key.keyId)).rejects.toMatchObject({ refusal: 'OWNER_REQUIRED' });
    await expect(tabs(key, key.keyId)).resolves.toBeDefined();
  });

  test.each([
    ['Consent/recordReads', { reads: [] }],
    ['Passport/assignOwner', { vid, owner: 'x' }],
    ['Tokens/constructor', {}],
    ['constructor/name', {}],
    ['__proto__/toString', {}],
  ])('does not relay %s', async (functionName, body) => {
    const claims = { fn: functionName.replace('/', ':'), sub: 'x', jti: 'x'.repeat(8), args: body };
    const payload = { iss: owner.signer, aud: 'passport', exp: 1, ...claims };
    const jws = `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${'A'.repeat(86)}`;
    called = [];
    const refused = { refusal: 'ROUTE_UNKNOWN' };
    await expect(relay.submit(jws as SignedCommand)).rejects.toMatchObject(refused);
    await expect(relay.read(key, functionName, { vid }, z.unknown())).rejects.toMatchObject(
      refused,
    );
    expect(called).toEqual([]);
  });

  test('refuses what is no command, and a proof of another read', async () => {
    const desk = new RelayDesk({
      client: await smallLedger(),
      place: { ledger: testLedger, channel: 'passport', member: 'M', proofUrl: PROOF_URL },
      policy: { roots: new Map(), now, replays: new MemoryReplayStore(() => new Date(0)) },
    });
    for (const body of [null, 'text', {}, { command: 1 }, { command: 'a.b.c', more: 1 }]) {
      await expect(desk.submit('Consent', 'grant', body)).rejects.toBeInstanceOf(PassportError);
    }
    const target = `/relay/Consent/readGrants?vid=${vid}`;
    const read = { target, query: { vid }, proof: undefined };
    await expect(desk.read('Consent', 'readGrants', read)).rejects.toThrow(/^PROOF_REQUIRED/);
  });
});
