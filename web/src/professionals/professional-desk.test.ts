import { X509Certificate } from 'node:crypto';

import {
  generateSigningKey,
  MemoryReplayStore,
  type OfflineLedger,
  type PassportClient,
  signRequest,
} from '@passport/ledger-client';
import { parseMspId } from '@passport/model';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { CertificateAuthority } from './certificate-authority.ts';
import type { EnrolmentDesk } from './enrolment-desk.ts';
import { ProfessionalDesk } from './professional-desk.ts';
import { type TestAuthority, testAuthority } from './testing/test-authority.ts';

const now = () => new Date('2026-11-28T12:00:00Z');
const proofUrl = 'https://portal.example';
const request = JSON.stringify({
  ...{ commandId: 'command-1', source: 'GarageMSP/p-1', vid: 'a'.repeat(26) },
});
let made: TestAuthority;
let certificate: string;
const key = await generateSigningKey();
const enrolled: string[] = [];

beforeAll(async () => {
  made = await testAuthority();
  const authority = await CertificateAuthority.read(made.profile, 'garage.example');
  certificate = await authority.certify(key.publicKey, 'GarageMSP.p-1', now());
});

afterAll(() => made.remove());

function desk(withEnrolment = true, member = 'GarageMSP'): ProfessionalDesk {
  const proposed = { transactionId: 'tx', bytes: Uint8Array.of(1) };
  return new ProfessionalDesk({
    place: {
      ...{ ledger: 'fabric:0', channel: 'passport', chaincode: 'passport', member },
      ...{ proofUrl, vin: null },
    },
    // Nothing here may reach the ledger but a proposal.
    client: {} as PassportClient,
    offline: { propose: () => proposed } as unknown as OfflineLedger,
    policy: {
      roots: new Map([[parseMspId('GarageMSP'), [new X509Certificate(made.pem)]]]),
      ...{ now, replays: new MemoryReplayStore(now) },
    },
    enrolment: withEnrolment
      ? ({ enrol: async (code: string) => enrolled.push(code) } as unknown as EnrolmentDesk)
      : undefined,
    feeds: async () => [{ name: 'connector', isAway: true, feeds: [] }],
  });
}

const coded = (code: string): unknown => expect.objectContaining({ code });

test('a call is prepared for a member’s user, and for no stranger', () => {
  const recorded = { certificate, functionName: 'scrap', request: '{}' };
  expect(() => desk().propose(recorded)).toThrow(coded('COMMAND_ID_INVALID'));
  const reading = { certificate, functionName: 'readVehicle', request };
  expect(() => desk().propose(reading)).toThrow(coded('ROUTE_UNKNOWN'));
  const voiding = {
    ...{ commandId: 'command-1', source: 'GarageMSP/p-1', id: 'v-1', vid: 'a'.repeat(26) },
    ...{
      at: '2026-11-28',
      reason: 'wrong',
      event: { source: 'GarageMSP/p-1', entry: 1, index: 0 },
    },
  };
  const call = { functionName: 'voidEvent', request: JSON.stringify(voiding) };
  expect(desk().propose({ ...call, certificate })).toEqual({ transactionId: 'tx', bytes: 'AQ' });
  for (const other of ['nothing', made.pem]) {
    const refused = coded('CALLER_UNKNOWN');
    expect(() => desk().propose({ ...call, certificate: other })).toThrow(refused);
  }
});

test('who enrols proves the key that is to be certified', async () => {
  const other = await generateSigningKey();
  const enrol = async (publicKey: object, at = desk()) => {
    const body = Buffer.from(JSON.stringify({ code: 'garage-1', publicKey }));
    const target = '/professionals/enrol';
    const proven = { method: 'POST', url: `${proofUrl}${target}`, body };
    return at.enrol({ target, body, proof: await signRequest(key, proven, now) });
  };
  await expect(enrol(other.publicKey)).rejects.toEqual(coded('PROOF_SIGNATURE_INVALID'));
  await expect(enrol(key.publicKey, desk(false))).rejects.toEqual(coded('NOT_READY'));
  expect(enrolled).toEqual([]);
  await enrol(key.publicKey);
  expect(enrolled).toEqual(['garage-1']);
});

test('a vehicle is shown to members, and not to the holder of some key', async () => {
  const target = `/professionals/vehicles/${'a'.repeat(26)}`;
  const proof = await signRequest(key, { method: 'GET', url: `${proofUrl}${target}` }, now);
  await expect(desk().vehicle('a'.repeat(26), { target, proof })).rejects.toEqual(
    coded('ROLE_MISSING'),
  );
  await expect(desk().vehicle('a'.repeat(26), { target, proof: undefined })).rejects.toEqual(
    coded('PROOF_REQUIRED'),
  );
});

test('feeds are shown to people of the portal’s own member, and to nobody else', async () => {
  const target = '/professionals/feeds';
  const asked = { method: 'GET', url: `${proofUrl}${target}` };
  const { privateKey } = key;
  const user = { certificate: new TextEncoder().encode(certificate), privateKey };
  const own = { target, proof: await signRequest(user, asked, now) };
  await expect(desk().feeds(own)).resolves.toEqual({
    connectors: [{ name: 'connector', isAway: true, feeds: [] }],
  });
  const stranger = { target, proof: await signRequest(key, asked, now) };
  await expect(desk().feeds(stranger)).rejects.toEqual(coded('ROLE_MISSING'));
  const another = { target, proof: await signRequest(user, asked, now) };
  await expect(desk(true, 'MakerMSP').feeds(another)).rejects.toEqual(coded('ROLE_MISSING'));
});
