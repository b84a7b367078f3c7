import { X509Certificate } from 'node:crypto';

import { type ErrorCode, parseMspId } from '@passport/model';
import { issueCertificate, strangeAuthority, type TestIdentity } from '@passport/testkit';
import { CompactSign } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { LedgerIdentity } from '../identity.ts';
import { keyIdOfCertificate } from '../signing/certificate-key-id.ts';
import { generateSigningKey, type SigningKey } from '../signing/signing-key.ts';
import type { MemberRoots } from './member-roots.ts';
import { MemoryReplayStore } from './replay-store.ts';
import { digestOf } from './digest.ts';
import { signRequest } from './sign-request.ts';
import { PROOF_AGE_MS_MAX, type ProofPolicy, verifyRequest } from './verify-request.ts';

const started = new Date();
const later = (ms: number) => () => new Date(started.getTime() + ms);
const now = later(1_000);
const body = Buffer.from('{"blinded":["A"]}');
const request = { method: 'POST', url: 'https://registry.example/v1/claims?x=1', body };

let key: SigningKey;
let garage: TestIdentity;
let stranger: LedgerIdentity;
let peer: LedgerIdentity;
let expired: LedgerIdentity;
let authority: TestIdentity;
let roots: MemberRoots;
let policy: ProofPolicy;

beforeAll(async () => {
  key = await generateSigningKey();
  const [ofGarage, ofMaker, ofNobody] = await Promise.all(
    ['GarageMSP', 'MakerMSP', 'GarageMSP'].map((mspId) => strangeAuthority(mspId)),
  );
  if (ofGarage === undefined || ofMaker === undefined || ofNobody === undefined) throw new Error();
  authority = ofGarage;
  garage = await issueCertificate(ofGarage, { units: ['client'] });
  peer = await issueCertificate(ofGarage, { units: ['peer'] });
  expired = await issueCertificate(ofGarage, { notAfter: new Date(started.getTime() - 1_000) });
  // Of an authority of the same name, so that only the signature tells.
  stranger = await issueCertificate(ofNobody, { units: ['client'] });
  roots = new Map([
    [parseMspId('MakerMSP'), [new X509Certificate(ofMaker.certificate)]],
    [parseMspId('GarageMSP'), [new X509Certificate(ofGarage.certificate)]],
  ]);
});

beforeEach(() => {
  policy = { roots, now, replays: new MemoryReplayStore(later(0)) };
});

/** A proof of which one part was written by hand. */
async function forged(change: { header?: object; claims?: object }): Promise<string> {
  const claims = {
    jti: 'a-name-of-the-proof',
    htm: 'POST',
    htu: request.url,
    iat: now().getTime() / 1000,
    digest: await digestOf(body),
    ...change.claims,
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.publicKey, ...change.header })
    .sign(key.privateKey);
}

function refusal(
  proof: string | undefined,
  changed: Partial<typeof request> = {},
  other: Partial<ProofPolicy> = {},
): Promise<unknown> {
  return verifyRequest(proof, { ...request, ...changed }, { ...policy, ...other }).then(
    (requester) => ({ accepted: requester }),
    (error: unknown) => error,
  );
}

const code = (name: ErrorCode): unknown => expect.objectContaining({ code: name });

describe('a proof of a request', () => {
  test('says which member it is from', async () => {
    const proof = await signRequest(garage, request, now);
    expect(await verifyRequest(proof, request, policy)).toEqual({
      kind: 'member',
      mspId: 'GarageMSP',
      isAdmin: false,
      keyId: await keyIdOfCertificate(garage.certificate),
    });
  });

  test('tells an administrator', async () => {
    const admin = await issueCertificate(authority, { units: ['admin'] });
    const proof = await signRequest(admin, request, now);
    expect(await verifyRequest(proof, request, policy)).toMatchObject({ isAdmin: true });
  });

  test('says which bare key it is from', async () => {
    const get = { method: 'GET', url: 'https://serving.example/v1/vehicles/a#part' };
    const proof = await signRequest(key, get, now);
    const answer = await verifyRequest(proof, { ...get, body: new Uint8Array() }, policy);
    expect(answer).toEqual({ kind: 'key', keyId: key.keyId });
  });

  test('is good once', async () => {
    const proof = await signRequest(garage, request, now);
    await verifyRequest(proof, request, policy);
    expect(await refusal(proof)).toEqual(code('PROOF_REPLAYED'));
  });

  test('is used up only by what is good otherwise', async () => {
    const proof = await signRequest(garage, request, now);
    expect(await refusal(proof, { method: 'PUT' })).toEqual(code('PROOF_TARGET_WRONG'));
    expect(await refusal(proof)).toMatchObject({ accepted: { kind: 'member' } });
  });

  test.each([
    ['method', { method: 'GET' }],
    ['path', { url: 'https://registry.example/v1/other?x=1' }],
    ['query', { url: 'https://registry.example/v1/claims?x=2' }],
    ['host', { url: 'https://evaluator.example/v1/claims?x=1' }],
    ['body', { body: Buffer.from('{}') }],
    ['body that is none', { body: Buffer.alloc(0) }],
  ])('is not for another %s', async (_, changed) => {
    const proof = await signRequest(garage, request, now);
    expect(await refusal(proof, changed)).toEqual(code('PROOF_TARGET_WRONG'));
  });

  test.each([
    ['a minute and more later', PROOF_AGE_MS_MAX + 1_001],
    ['six seconds before', -5_000],
  ])('is nothing %s', async (_, ms) => {
    const proof = await signRequest(garage, request, now);
    const replays = new MemoryReplayStore(later(-99_999));
    expect(await refusal(proof, {}, { now: later(ms), replays })).toEqual(code('PROOF_EXPIRED'));
  });

  test('is nothing after a restart, which forgets what was used', async () => {
    const proof = await signRequest(garage, request, now);
    const replays = new MemoryReplayStore(later(1_001));
    expect(await refusal(proof, {}, { now: later(2_000), replays })).toEqual(
      code('PROOF_REPLAYED'),
    );
  });

  test('is of no member when another authority of the same name issued it', async () => {
    const proof = await signRequest(stranger, request, now);
    expect(await refusal(proof)).toEqual(code('CALLER_UNKNOWN'));
  });

  test.each([
    ['a peer', () => peer],
    ['an expired certificate', () => expired],
    ['an authority itself', () => authority],
  ])('speaks for nobody by %s', async (_, identity) => {
    const proof = await signRequest(identity(), request, now);
    expect(await refusal(proof)).toEqual(code('CALLER_UNKNOWN'));
  });

  test('is not signed by a certificate of somebody else', async () => {
    const proof = await signRequest({ ...garage, privateKey: key.privateKey }, request, now);
    expect(await refusal(proof)).toEqual(code('PROOF_SIGNATURE_INVALID'));
  });

  test.each<[string, object, ErrorCode]>([
    ['another type', { header: { typ: 'passport-command+jws' } }, 'PROOF_MALFORMED'],
    ['a key and a certificate', { header: { x5c: ['AAAA'] } }, 'PROOF_MALFORMED'],
    ['no key', { header: { jwk: undefined } }, 'PROOF_MALFORMED'],
    ['no certificate', { header: { jwk: undefined, x5c: ['AAAA'] } }, 'PROOF_MALFORMED'],
    ['more in its claims', { claims: { exp: 1 } }, 'PROOF_MALFORMED'],
    ['no nonce', { claims: { jti: undefined } }, 'PROOF_MALFORMED'],
    ['no digest', { claims: { digest: undefined } }, 'PROOF_TARGET_WRONG'],
    ['no URL', { claims: { htu: 'nowhere' } }, 'PROOF_TARGET_WRONG'],
  ])('with %s is refused', async (_, change, expected) => {
    expect(await refusal(await forged(change))).toEqual(code(expected));
  });

  test.each([
    [undefined, 'PROOF_REQUIRED'],
    ['', 'PROOF_REQUIRED'],
    ['a.b.c', 'PROOF_MALFORMED'],
    ['x'.repeat(12_001), 'PROOF_MALFORMED'],
  ] as const)('that is %j is refused', async (proof, expected) => {
    expect(await refusal(proof)).toEqual(code(expected));
  });

  test('of which one character was changed is refused', async () => {
    const proof = await signRequest(garage, request, now);
    const signature = proof.lastIndexOf('.') + 10;
    const other = proof[signature] === 'A' ? 'B' : 'A';
    const changed = proof.slice(0, signature) + other + proof.slice(signature + 1);
    expect(await refusal(changed)).toEqual(code('PROOF_SIGNATURE_INVALID'));
  });
});

describe('the memory of proofs', () => {
  test('forgets what has ended, and nothing before', () => {
    let nowMs = 0;
    const store = new MemoryReplayStore(() => new Date(nowMs), 2);
    expect(store.use('a', 0, 10)).toBe(true);
    expect(store.use('b', 0, 20)).toBe(true);
    expect(() => store.use('c', 0, 30)).toThrow(/^NOT_READY: /);
    nowMs = 10;
    expect(() => store.use('c', 10, 30)).toThrow(/^NOT_READY: /);
    expect(store.use('a', 0, 10)).toBe(false);
    nowMs = 11;
    expect(store.use('c', 11, 30)).toBe(true);
    expect(store.use('b', 0, 20)).toBe(false);
  });
});
