import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { chainOf, type LedgerIdentity, signCertificate } from '@passport/ledger-client';
import { carDigest, vinCommitment, withVin } from '@passport/model/certificate';
import { issueCertificate, strangeAuthority, temporaryFolder } from '@passport/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { runPassport } from '../program.ts';

const salt = 'c2FsdHNhbHRzYWx0c2FsdA';
const vin = 'WVWZZZ1JZXW000001';
const jti = 'A'.repeat(22);
const ledger = `fabric:${'0'.repeat(32)}`;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let profile: string;
let issuers: string;
let member: LedgerIdentity;
let stranger: LedgerIdentity;
let certificate: string;
let server: Server;
let api: string;
/** What the API says of the certificate; undefined where it knows none. */
let state: { readonly status: string; readonly ledger?: string } | undefined;
let asked: string[];

async function sign(by: LedgerIdentity, more: { readonly exp?: number } = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return signCertificate(by, {
    ...{ iat, exp: iat + 3_600, jti, ledger, block: 12_345, at: iat - 60, madeUp: 0 },
    ...{ car: carDigest(jti, 'a'.repeat(26)), vin: vinCommitment(salt, vin) },
    mileage: {
      ...{ says: 'doubtful', readings: 42, since: '2019-03-01', km: 123_456, on: '2026-11-20' },
      ...{ backs: 1, backKm: 30_000, backOn: '2025-06-01', jumps: 0, against: 1 },
    },
    owners: 3,
    ...more,
  });
}

beforeAll(async () => {
  folder = await temporaryFolder('certificate');
  const authority = await strangeAuthority('GarageMSP');
  member = { ...(await issueCertificate(authority, { units: ['client'] })), mspId: 'GarageMSP' };
  const other = await issueCertificate(await strangeAuthority('GarageMSP'), { units: ['client'] });
  stranger = { ...other, mspId: 'GarageMSP' };
  const roots = join(folder.path, 'peerOrganizations', 'garage.example', 'msp', 'cacerts');
  await mkdir(roots, { recursive: true });
  await writeFile(join(roots, 'ca.pem'), new X509Certificate(authority.certificate).toString());
  profile = join(folder.path, 'network.json');
  const peer = { name: 'peer0', address: 'localhost:1', tlsRootCertificate: 'ca.pem' };
  const garage = { mspId: 'GarageMSP', domain: 'garage.example', peers: [peer], users: [] };
  await writeFile(
    profile,
    JSON.stringify({
      ...{ cryptoMaterial: folder.path, channel: 'passport', organisations: [garage] },
      ...{ orderers: [], chaincodes: [] },
    }),
  );
  issuers = join(folder.path, 'issuers.json');
  certificate = await sign(member);
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const known = url.endsWith('/issuers')
      ? { issuers: [{ x5c: chainOf(member) }, { x5c: chainOf(stranger) }] }
      : state && { id: jti, ledger, block: 12_400, ledgerTime: '2026-11-28T12:00:00Z', ...state };
    response.writeHead(known === undefined ? 404 : 200).end(JSON.stringify(known ?? {}));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await folder.remove();
});

beforeEach(() => {
  asked = [];
  state = { status: 'current' };
});

async function run(text: string, ...options: readonly string[]) {
  const shown = { out: '', error: '', code: -1 };
  await runPassport(['verify-certificate', text, '--profile', profile, ...options], {
    print: (line) => void (shown.out += line),
    printError: (line) => void (shown.error += line),
    exitWith: (code) => void (shown.code = code),
  });
  return shown;
}

const online = () => ['--online', '--api', api, '--issuers', issuers];

describe('passport verify-certificate', () => {
  test('asks once who signs, keeps it, and verifies without a network from then on', async () => {
    const first = await run(certificate, ...online());
    expect(first.code).toBe(0);
    expect(first.error).toContain('1 issuers');
    expect(first.out).toContain('it still says what the log book says, as of block 12400');
    expect(asked).toEqual(['/v1/certificates/issuers', `/v1/certificates/${jti}`]);
    const file = join(folder.path, 'certificate.txt');
    await writeFile(file, `https://pages.example/certificate/verify#${certificate}\n`);
    asked = [];
    const later = await run(file, '--issuers', issuers);
    expect(later.code).toBe(0);
    for (const line of [
      ...['ok  signed by GarageMSP', 'whether it was revoked was not asked', 'at block 12345'],
      ...['mileage  doubtful, 123456 km on 2026-11-20', 'by 30000 km', 'owners   3'],
    ]) {
      expect(later.out).toContain(line);
    }
    expect(asked).toEqual([]);
  });

  test('refuses what was tampered with, is cut off, or nobody known has signed; says nothing of it', async () => {
    await run(certificate, ...online());
    const [head, body = '', signature] = certificate.split('.');
    const better = Buffer.from(body, 'base64url').toString().replace('123456', '23456');
    const tampered = `${head}.${Buffer.from(better).toString('base64url')}.${signature}`;
    for (const [text, says] of [
      [tampered, 'NOT GENUINE  it was changed'],
      [certificate.slice(0, -1), 'NOT GENUINE  it is no certificate'],
      [withVin(certificate, { salt, vin: `${vin.slice(0, -1)}2` }), 'NOT GENUINE  it was changed'],
      [await sign(stranger), 'NOT GENUINE  no member that is known'],
      ['hello', 'NOT GENUINE  it is no certificate'],
      [await sign(member, { exp: Math.floor(Date.now() / 1000) - 1 }), 'EXPIRED'],
    ] as const) {
      asked = [];
      const found = await run(text, ...online());
      expect([says, found.code]).toEqual([says, 1]);
      expect(found.out).toContain(says);
      expect(found.out).not.toContain('km');
      // Whoever checks a forgery tells nobody its name.
      expect(asked).toEqual(['/v1/certificates/issuers']);
    }
  });

  test.each([
    [{ status: 'revoked' }, 'REVOKED  by its owner, as of block 12400'],
    [{ status: 'changed' }, 'CHANGED'],
    [{ status: 'ended' }, 'ENDED'],
    [undefined, 'its issuer does not know it'],
    [{ status: 'current', ledger: `fabric:${'1'.repeat(32)}` }, 'its issuer does not know it'],
  ])('says that it does not hold any more: %j', async (says, words) => {
    state = says;
    const found = await run(certificate, ...online());
    expect(found.code).toBe(1);
    expect(found.out).toContain(words);
    const json = await run(certificate, ...online(), '--json');
    expect(JSON.parse(json.out)).toHaveProperty('judgement.is', 'genuine');
  });

  test('compares the VIN on the car, shown or by the number of the seal', async () => {
    await run(certificate, ...online());
    const offline = ['--issuers', issuers, '--vin'];
    const shown = withVin(certificate, { salt, vin });
    const other = `${vin.slice(0, -1)}9`;
    for (const [text, words, code, says] of [
      [shown, [vin.toLowerCase()], 0, 'with that VIN'],
      [shown, [other], 1, 'of another car'],
      [certificate, [vin], 1, 'ask the seller for the number'],
      [certificate, [vin, '--vin-number', salt], 0, 'with that VIN'],
      [certificate, [other, '--vin-number', salt], 1, 'of another car'],
    ] as const) {
      const found = await run(text, ...offline, ...words);
      expect([words, found.code]).toEqual([words, code]);
      expect(found.out).toContain(says);
    }
  });

  test('ends with 2 where nothing can be told, and says why', async () => {
    for (const [options, why] of [
      [[], /takes --issuers/],
      [['--online'], /--online needs --api/],
      [['--issuers', '/nowhere.json'], /cannot be read; make it once with --online/],
      [['--issuers', profile], /is no file of issuers/],
      [['--online', '--api', 'http://127.0.0.1:1'], /API_UNREACHABLE/],
    ] as const) {
      expect(await run(certificate, ...options)).toMatchObject({
        ...{ code: 2, out: '', error: expect.stringMatching(why) as string },
      });
    }
  });
});
