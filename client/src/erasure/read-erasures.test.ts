import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type MemberRoots, signErasure } from '@passport/ledger-client';
import {
  type ErasureClaims,
  type ErasurePart,
  parseInstant,
  parseMspId,
  vidOfBytes,
} from '@passport/model';
import { issueCertificate, strangeAuthority, type TestIdentity } from '@passport/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { erasureText } from './erasure-command.ts';
import { readErasures } from './read-erasures.ts';

const vid = vidOfBytes(Buffer.alloc(16, 1));
const at = parseInstant('2026-11-28T12:00:00.000Z');

let server: Server;
let api: string;
let body: unknown;
let market: TestIdentity;
let stranger: TestIdentity;
let roots: MemberRoots;
let claims: Omit<ErasureClaims, 'iss'>;
beforeAll(async () => {
  const authority = await strangeAuthority('MarketMSP');
  market = await issueCertificate(authority, { units: ['client'] });
  stranger = await issueCertificate(await strangeAuthority('MarketMSP'), { units: ['client'] });
  roots = new Map([[parseMspId('MarketMSP'), [new X509Certificate(authority.certificate)]]]);
  server = createServer((_, response) => response.end(JSON.stringify(body)));
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  claims = {
    ...{
      part: 'market',
      ledger: 'fabric:a',
      sub: vid,
      ownerEpoch: 1,
      saidIn: { block: 3, tx: 0, at },
    },
    iat: Math.floor(Date.now() / 1000) + 1,
    destroyed: [{ store: 'log', what: 'records', count: 2, evidence: { block: 3 }, at }],
  };
});

const holders = [
  { part: 'market', mspId: null },
  { part: 'grantee', mspId: 'GarageMSP' },
];

function answered(jws: readonly string[], more: object = {}): void {
  const certificates = jws.map((each) => ({ mspId: 'MarketMSP', jws: each }));
  body = { vid, erasures: [{ ownerEpoch: 1, isPending: false, holders, certificates, ...more }] };
}

describe('erasures of a car', () => {
  test('are shown with what members signed', async () => {
    answered([await signErasure(market, claims)]);
    const [found] = await readErasures(api, vid, roots);
    expect(found).toEqual({
      ownerEpoch: 1,
      isPending: false,
      holders,
      missing: [holders[1]],
      certificates: [{ ...claims, iss: 'MarketMSP' }],
    });
    expect(found && erasureText(found)).toContain('grantee GarageMSP has not signed yet');
    expect(found && erasureText(found)).toContain('is not over yet');
    expect(found && erasureText(found)).toContain(`${at}  log: records (2)`);
  });

  test('are nothing but pending without a certificate', async () => {
    answered([], { isPending: true });
    expect(await readErasures(api, vid, roots)).toEqual([
      { ownerEpoch: 1, isPending: true, holders, missing: holders, certificates: [] },
    ]);
    answered([]);
    await expect(readErasures(api, vid, roots)).rejects.toMatchObject({ code: 'ERASURE_UNPROVEN' });
  });

  test('are over when all who hold parts have signed, and not by the operator’s word alone', async () => {
    const sign = (part: ErasurePart, who: TestIdentity) => signErasure(who, { ...claims, part });
    const ofGarage = await sign('grantee', { ...market, mspId: 'GarageMSP' });
    answered([await sign('market', market), ofGarage]);
    // The garage's certificate has to be of the garage's own authority.
    await expect(readErasures(api, vid, roots)).rejects.toMatchObject({ code: 'ERASURE_UNPROVEN' });
    const all = [{ part: 'grantee', mspId: 'MarketMSP' }];
    answered([await sign('market', market), await sign('grantee', market)], { holders: all });
    const [found] = await readErasures(api, vid, roots);
    expect(found).toMatchObject({ missing: [] });
    expect(found && erasureText(found)).toContain('is over\n');
    answered([await sign('grantee', market)], { holders: all });
    await expect(readErasures(api, vid, roots)).rejects.toMatchObject({ code: 'ERASURE_UNPROVEN' });
  });

  test.each<[string, () => Promise<string>, string]>([
    ['another authority', () => signErasure(stranger, claims), 'CALLER_UNKNOWN'],
    [
      'a certificate and another key',
      () => signErasure({ ...market, privateKey: stranger.privateKey }, claims),
      'ERASURE_UNPROVEN',
    ],
    [
      'a member in the name of another one',
      () => signErasure({ ...market, mspId: 'GarageMSP' }, claims),
      'ERASURE_UNPROVEN',
    ],
    [
      'a member, of another owner epoch',
      () => signErasure(market, { ...claims, ownerEpoch: 2 }),
      'ERASURE_UNPROVEN',
    ],
    [
      'a member, of another car',
      () => signErasure(market, { ...claims, sub: vidOfBytes(Buffer.alloc(16, 2)) }),
      'ERASURE_UNPROVEN',
    ],
    ['nobody', () => Promise.resolve('a.b.c'), 'ERASURE_UNPROVEN'],
  ])('are not proven by a word of %s', async (_, sign, code) => {
    answered([await sign()]);
    await expect(readErasures(api, vid, roots)).rejects.toMatchObject({ code });
  });

  test('are not read from what is no answer', async () => {
    body = { vid };
    await expect(readErasures(api, vid, roots)).rejects.toMatchObject({ code: 'ANSWER_MALFORMED' });
    await expect(readErasures('nowhere', vid, roots)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
