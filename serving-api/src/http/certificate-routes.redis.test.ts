import { randomBytes, webcrypto } from 'node:crypto';

import { pinIssuer, PROOF_HEADER, type RequestSigner, signRequest } from '@passport/ledger-client';
import {
  carDigest,
  judgeCertificate,
  type VehicleEvent,
  vinCommitment,
  webCryptoEs256,
} from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type CertificateDesk, openCertificateDesk } from '../certificates/certificate-desk.ts';
import { CertificateJournal } from '../certificates/certificate-journal.ts';
import { FolderDisk, type JournalDisk } from '../journal/journal-disk.ts';
import { eventWith, line, ownedBy, vid } from '../testing/consent-lines.ts';
import {
  type DeskWorld,
  deskWorld,
  makePeople,
  type People,
  PUBLIC_URL,
} from '../testing/desk-world.ts';
import { grantedBook, leaks } from '../testing/granted-book.ts';
import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';
import { MemoryFiles } from '../testing/mortal-disk.ts';

const fixture = new MirrorFixture();
const path = `/v1/vehicles/${vid}/certificates`;
const everything = {
  fields: ['mileage', 'life', 'owners', 'freshness', 'quality', 'basis'],
};
let people: People;
let folder: TemporaryFolder;
beforeAll(async () => {
  people = await makePeople();
});
beforeEach(async () => {
  folder = await temporaryFolder('certificates');
});
afterEach(async () => {
  await fixture.clean();
  await folder.remove();
});

async function openTestDesk(
  disk?: JournalDisk,
  now: () => Date = () => new Date(),
): Promise<CertificateDesk> {
  const on = disk ?? (await FolderDisk.open(`${folder.path}/certificates`));
  const journal = await CertificateJournal.open(on, () => undefined, now);
  return openCertificateDesk({
    identity: { ...people.garage, mspId: 'GarageMSP' },
    ...{ journal, now, newName: () => randomBytes(16).toString('base64url') },
  });
}

type Sent = { status: number; body: Record<string, unknown>; bytes: string };

function asker({ app }: Pick<DeskWorld, 'app'>) {
  return async (
    method: string,
    to: string,
    as?: RequestSigner,
    body?: object | string,
  ): Promise<Sent> => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const url = `${PUBLIC_URL}${to}`;
    const asked = { method, url, ...(text === undefined ? {} : { body: Buffer.from(text) }) };
    const proof =
      as === undefined ? {} : { [PROOF_HEADER]: await signRequest(as, asked, () => new Date()) };
    const length = text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) };
    const response = await app.request(`http://10.0.0.1:8080${to}`, {
      method,
      headers: { ...proof, ...length },
      ...(text === undefined ? {} : { body: text }),
    });
    const bytes = await response.text();
    return { status: response.status, body: JSON.parse(bytes) as Sent['body'], bytes };
  };
}

async function serve(lines: readonly VehicleEvent[], certificates?: CertificateDesk) {
  const desk = certificates ?? (await openTestDesk());
  const world = await deskWorld(fixture, people, folder.path, lines, { certificates: desk });
  return { ...world, certificates: desk, ask: asker(world) };
}

async function judged(ask: ReturnType<typeof asker>, certificate: unknown) {
  const { body } = await ask('GET', '/v1/certificates/issuers');
  const chains = body['issuers'] as { x5c: string[] }[];
  return judgeCertificate(String(certificate), {
    issuers: await Promise.all(chains.map(({ x5c }) => pinIssuer(x5c, people.roots, new Date()))),
    verify: webCryptoEs256(webcrypto.subtle),
    now: () => new Date(),
  });
}

const book = (...more: readonly VehicleEvent[]) => grantedBook(people, ...more);

describe('certificates', { timeout: START_MS }, () => {
  test('say, signed by the member, what the owner chose, and nothing that is sealed', async () => {
    const lines = book();
    const { ask, bugs } = await serve(lines);
    const made = await ask('POST', path, people.owner, everything);
    expect(made.status).toBe(201);
    const judgement = await judged(ask, made.body['certificate']);
    expect(judgement).toMatchObject({
      is: 'genuine',
      claims: {
        ...{ iss: 'GarageMSP', jti: made.body['id'], block: 5, owners: 1, madeUp: 0 },
        car: carDigest(String(made.body['id']), vid),
        mileage: { says: 'consistent', readings: 4, km: 1_005 },
        life: { state: 'in-service', wreck: 'never' },
        quality: { band: 'good', median: 700 },
        basis: { events: { 'connected-car': 4 }, sources: 1, members: 1 },
      },
    });
    expect(JSON.stringify(judgement)).not.toContain(vid);
    // What the owner read before was the same, was signed by nobody, and left nothing behind.
    const preview = await ask('POST', `${path}/preview`, people.owner, {
      fields: ['owners', 'life'],
    });
    const { ledger, block, ledgerTime } = preview.body;
    const { life, owners } = 'claims' in judgement ? judgement.claims : {};
    expect(preview).toMatchObject({ status: 200 });
    expect(preview.body).toEqual({
      ...{ ledger, block, ledgerTime, madeUp: 0, owners },
      life: { ...life, incidents: 0, offRoad: 0 },
    });
    expect(block).toBe(5);
    const { body: all } = await ask('GET', path, people.owner);
    expect(all['certificates']).toHaveLength(1);
    for (const other of [people.stranger, people.garage, undefined]) {
      const refused = await ask('POST', `${path}/preview`, other, everything);
      expect(refused.status).toBeGreaterThanOrEqual(401);
      expect(refused.body).not.toHaveProperty('mileage');
    }
    expect(leaks({ ...made, headers: new Headers() }, lines)).toEqual([]);
    const few = await ask('POST', path, people.owner, { fields: ['owners'], days: 1 });
    const { claims } = (await judged(ask, few.body['certificate'])) as { claims: object };
    expect(Object.keys(claims).sort()).toEqual(
      ['at', 'block', 'car', 'exp', 'iat', 'iss', 'jti', 'ledger', 'madeUp', 'owners'].sort(),
    );
    expect(bugs).toEqual([]);
  });

  test('carry the owner’s commitment to a VIN, which nobody here is told', async () => {
    const { ask } = await serve(book());
    const salt = randomBytes(16).toString('base64url');
    const vin = vinCommitment(salt, 'WVWZZZ1JZXW000001');
    const made = await ask('POST', path, people.owner, { ...everything, vin });
    const text = `${String(made.body['certificate'])}~${salt}~WVWZZZ1JZXW000001`;
    expect(await judged(ask, text)).toMatchObject({ is: 'genuine', shown: { salt } });
  });

  test('are for the owner only, by a proof over what they chose', async () => {
    const { ask, app, bugs } = await serve(book());
    for (const who of [people.buyer, people.stranger, people.insurer]) {
      expect(await ask('POST', path, who, everything)).toMatchObject({ status: 404 });
      expect(await ask('GET', path, who)).toMatchObject({ status: 404 });
    }
    expect((await ask('POST', path, people.garage, everything)).body).toMatchObject({
      code: 'OWNER_REQUIRED',
    });
    expect((await ask('POST', path, undefined, everything)).status).toBe(401);
    // Signed for one choice, sent with another.
    const text = JSON.stringify({ fields: ['mileage'] });
    const asked = { method: 'POST', url: `${PUBLIC_URL}${path}`, body: Buffer.from(text) };
    const proof = await signRequest(people.owner, asked, () => new Date());
    const other = JSON.stringify({ fields: ['owners'] });
    const answer = await app.request(path, {
      method: 'POST',
      headers: { [PROOF_HEADER]: proof, 'Content-Length': String(other.length) },
      body: other,
    });
    expect(await answer.json()).toMatchObject({ code: 'PROOF_TARGET_WRONG' });
    for (const body of [
      ...[{}, { fields: [] }, { fields: ['vin'] }, { fields: ['owners', 'owners'] }, 'x'],
      ...[
        { ...everything, days: 91 },
        { ...everything, vin: 'WVWZZZ1JZXW000001' },
      ],
    ]) {
      expect((await ask('POST', path, people.owner, body)).status).toBe(400);
    }
    expect((await ask('POST', path, people.owner, 'x'.repeat(3_000))).status).toBe(413);
    expect(bugs).toEqual([]);
  });

  test('have a state that anybody may ask for, and that tells nothing else', async () => {
    const { ask, certificates } = await serve(book());
    const made = await ask('POST', path, people.owner, everything);
    const of = `/v1/certificates/${String(made.body['id'])}`;
    const state = await ask('GET', of);
    expect(Object.keys(state.body).sort()).toEqual([
      'block',
      'id',
      'ledger',
      'ledgerTime',
      'status',
    ]);
    expect(state.body).toMatchObject({ status: 'current', block: 5 });
    expect((await ask('GET', `/v1/certificates/${'A'.repeat(22)}`)).body).toMatchObject({
      code: 'CERTIFICATE_UNKNOWN',
    });
    for (const who of [people.stranger, people.buyer]) {
      expect((await ask('DELETE', of, who)).status).toBe(404);
    }
    expect((await ask('DELETE', of)).status).toBe(401);
    expect((await ask('DELETE', of, people.garage)).body).toMatchObject({ code: 'OWNER_REQUIRED' });
    expect((await ask('GET', of)).body).toMatchObject({ status: 'current' });
    expect((await ask('DELETE', of, people.owner)).body).toMatchObject({ status: 'revoked' });
    expect((await ask('DELETE', of, people.owner)).body).toMatchObject({ status: 'revoked' });
    // After a restart it is revoked still, and signed by a key that is known still.
    await certificates.journal.close();
    const again = await serve(book(), await openTestDesk());
    expect((await again.ask('GET', of)).body).toMatchObject({ status: 'revoked' });
    expect((await again.ask('GET', path, people.owner)).body['certificates']).toMatchObject([
      { id: made.body['id'], isRevoked: true, hasVin: false, block: 5 },
    ]);
    expect((await judged(again.ask, made.body['certificate'])).is).toBe('genuine');
  });

  test.each([
    ['a step back', eventWith([], 6, 'trip', { odometerKm: 900 }), 'changed'],
    ['an incident', eventWith([], 6, 'incident'), 'changed'],
    ['one reading more', eventWith([], 6, 'trip', { odometerKm: 2_000 }), 'current'],
    ['a new owner', ownedBy(null, 2, 6), 'ended'],
    ['an erasure', line('erased', 6, { ownerEpoch: 1 }), 'ended'],
  ])('after %s are what the log book makes of them', async (_, more, status) => {
    const { ask } = await serve(book());
    const made = await ask('POST', path, people.owner, { fields: ['mileage', 'life'] });
    const later = await serve(book(more), await openTestDesk());
    const of = `/v1/certificates/${String(made.body['id'])}`;
    expect((await later.ask('GET', of)).body).toMatchObject({ status, block: 6 });
  });

  test('of what was not chosen tell no change', async () => {
    const { ask } = await serve(book());
    const made = await ask('POST', path, people.owner, { fields: ['owners'] });
    const later = await serve(book(eventWith([], 6, 'incident')), await openTestDesk());
    const of = `/v1/certificates/${String(made.body['id'])}`;
    expect((await later.ask('GET', of)).body).toMatchObject({ status: 'current' });
  });

  test('expire, are forgotten with their files, and are twenty at most', async () => {
    let time = new Date();
    const now = (): Date => time;
    const desk = await openTestDesk(undefined, now);
    const { ask } = await serve(book(), desk);
    const ids: unknown[] = [];
    for (let made = 0; made < 20; made += 1) {
      ids.push((await ask('POST', path, people.owner, { fields: ['owners'], days: 1 })).body['id']);
    }
    const full = await ask('POST', path, people.owner, { fields: ['owners'] });
    expect(full.body).toMatchObject({ code: 'CERTIFICATES_TOO_MANY', status: 409 });
    expect((await ask('DELETE', `/v1/certificates/${String(ids[0])}`, people.owner)).status).toBe(
      200,
    );
    expect((await ask('POST', path, people.owner, { fields: ['owners'], days: 2 })).status).toBe(
      201,
    );
    time = new Date(time.getTime() + 25 * 60 * 60 * 1000);
    expect((await ask('GET', `/v1/certificates/${String(ids[1])}`)).status).toBe(404);
    expect(desk.journal.of(vid, 1, time)).toHaveLength(1);
    await desk.journal.close();
    const again = await openTestDesk(undefined, now);
    expect(again.journal.of(vid, 1, time)).toHaveLength(1);
    expect(again.journal.signers).toHaveLength(1);
  });

  test('that cannot be written down are not made, and none is after that', async () => {
    // The first two changes are the file and who signs.
    const desk = await openTestDesk(new MemoryFiles().disk(2));
    const { ask, bugs } = await serve(book(), desk);
    for (const fields of [['owners'], ['life']]) {
      const refused = await ask('POST', path, people.owner, { fields });
      expect(refused.body).toMatchObject({ status: 503, code: 'NOT_READY' });
      expect(refused.bytes).not.toContain('certificate"');
    }
    expect(desk.journal.trouble).toBeDefined();
    expect((await ask('GET', path, people.owner)).body['certificates']).toEqual([]);
    expect(bugs).toEqual([]);
  });
});
