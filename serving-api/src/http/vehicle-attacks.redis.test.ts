import { signRequest } from '@passport/ledger-client';
import { parseInstant, type VehicleEvent } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { grantLine, line, ownedBy, timeAt, vid } from '../testing/consent-lines.ts';
import {
  type DeskWorld,
  deskWorld,
  type Got,
  makePeople,
  type People,
  PUBLIC_URL,
  type WorldOptions,
} from '../testing/desk-world.ts';
import {
  bookOtherwiseGranted,
  expectRefused,
  grantedBook,
  leaks,
} from '../testing/granted-book.ts';
import { MemoryReadLedger } from '../testing/memory-ledger.ts';
import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';

const fixture = new MirrorFixture();
const path = `/v1/vehicles/${vid}`;
let people: People;
let folder: TemporaryFolder;
beforeAll(async () => {
  people = await makePeople();
});
beforeEach(async () => {
  folder = await temporaryFolder('desk');
});
afterEach(async () => {
  await fixture.clean();
  await folder.remove();
});

const book = (...more: readonly VehicleEvent[]) => grantedBook(people, ...more);

function worldOf(lines: readonly VehicleEvent[], options: WorldOptions = {}): Promise<DeskWorld> {
  return deskWorld(fixture, people, folder.path, lines, options);
}

function refused(got: Got, status: number, code: string): void {
  expectRefused(got, people, status, code);
}

describe('nobody reads', { timeout: START_MS }, () => {
  const revoked = (): VehicleEvent =>
    grantLine('grant-revoked', 6, { includesPast: true, revokedAt: parseInstant(timeAt(6)) });

  test.each<[string, () => VehicleEvent[], keyof People, string, number, string]>([
    ['a stranger', () => book(), 'stranger', path, 404, 'VEHICLE_UNKNOWN'],
    ['a member without a grant', () => book(), 'insurer', path, 404, 'VEHICLE_UNKNOWN'],
    ['a grantee after the revocation', () => book(revoked()), 'garage', path, 410, 'GRANT_ENDED'],
    [
      'the former owner',
      () => book(ownedBy(people.buyer.keyId, 2, 6)),
      ...(['owner', path, 404, 'VEHICLE_UNKNOWN'] as const),
    ],
    [
      'a grantee of the former owner',
      () => book(ownedBy(people.buyer.keyId, 2, 6)),
      ...(['garage', path, 410, 'GRANT_ENDED'] as const),
    ],
    [
      'a grantee of an erased owner',
      () => book(line('erased', 6, { ownerEpoch: 1 })),
      ...(['garage', path, 404, 'VEHICLE_UNKNOWN'] as const),
    ],
    [
      'a grantee when it has expired',
      () =>
        bookOtherwiseGranted(
          people,
          grantLine('granted', 3, { expiresAt: parseInstant(timeAt(5)) }),
        ),
      ...(['garage', path, 410, 'GRANT_ENDED'] as const),
    ],
    [
      'a grantee before it begins',
      () =>
        bookOtherwiseGranted(
          people,
          grantLine('granted', 3, { notBefore: parseInstant(timeAt(9)) }),
        ),
      ...(['garage', path, 403, 'GRANT_NOT_BEGUN'] as const),
    ],
    [
      'a grantee with a grant of another owner epoch',
      () => bookOtherwiseGranted(people, grantLine('granted', 3, { ownerEpoch: 2 })),
      ...(['garage', path, 410, 'GRANT_ENDED'] as const),
    ],
    [
      'more than was granted',
      () => book(),
      ...(['garage', `${path}?scopes=maintenance,usage`, 403, 'SCOPE_NOT_GRANTED'] as const),
    ],
    [
      'by a grant of somebody else',
      () => book(),
      ...(['garage', `${path}?grant=grant-0002`, 404, 'GRANT_UNKNOWN'] as const),
    ],
    [
      'what was open at an older block',
      () => book(revoked()),
      ...(['garage', `${path}?atBlock=5`, 400, 'QUERY_INVALID'] as const),
    ],
    [
      'a scope that is none',
      () => book(),
      'garage',
      `${path}?scopes=all`,
      400,
      'FIELD_CLASS_UNKNOWN',
    ],
    ['reads of another’s car', () => book(), 'garage', `${path}/reads`, 403, 'OWNER_REQUIRED'],
    ['an export as a grantee', () => book(), 'garage', `${path}/export`, 403, 'OWNER_REQUIRED'],
    ['reads as a stranger', () => book(), 'stranger', `${path}/reads`, 404, 'VEHICLE_UNKNOWN'],
    ['an export as a stranger', () => book(), 'stranger', `${path}/export`, 404, 'VEHICLE_UNKNOWN'],
    ['reads by no bookmark', () => book(), 'owner', `${path}/reads?after=x`, 400, 'QUERY_INVALID'],
    ['no vid', () => book(), 'owner', '/v1/vehicles/x', 400, 'VID_INVALID'],
  ])('%s', async (_, lines, who, asked, status, code) => {
    const { ask, desk, bugs } = await worldOf(lines());
    const as = people[who];
    if (!('privateKey' in as)) throw new Error(`${who} is nobody who asks`);
    refused(await ask(asked, as), status, code);
    expect(desk.journal.waiting).toBe(0);
    expect(bugs).toEqual([]);
  });

  test('and cannot tell a car that is not there from one that is', async () => {
    const { ask } = await worldOf(book());
    const other = `/v1/vehicles/${'b'.repeat(25)}a`;
    for (const who of [people.stranger, people.insurer]) {
      const [here, there] = [await ask(path, who), await ask(other, who)];
      expect(there.bytes).toBe(here.bytes);
    }
  });

  test('as a member that is suspended', async () => {
    const ledger = new MemoryReadLedger();
    const { ask } = await worldOf(book(), { ledger });
    ledger.suspended.add('GarageMSP');
    const got = await ask(path, people.garage);
    expect(got.body).toMatchObject({ status: 403, code: 'MEMBER_SUSPENDED' });
    expect(leaks(got, book())).toEqual([]);
    ledger.suspended.clear();
    expect((await ask(path, people.garage)).status).toBe(200);
  });

  test('without a proof, by a used one, or by one for something else', async () => {
    const { ask, send, prove, desk } = await worldOf(book());
    const none = await ask(path);
    refused(none, 401, 'PROOF_REQUIRED');
    expect(none.headers.get('www-authenticate')).toBe('DPoP algs="ES256"');
    const proof = await prove(path, people.owner);
    expect((await send(path, proof)).status).toBe(200);
    refused(await send(path, proof), 401, 'PROOF_REPLAYED');
    refused(
      await send(`${path}/export`, await prove(path, people.owner)),
      401,
      'PROOF_TARGET_WRONG',
    );
    const narrow = await prove(`${path}?scopes=usage`, people.owner);
    refused(await send(path, narrow), 401, 'PROOF_TARGET_WRONG');
    const url = `${PUBLIC_URL}${path}`;
    const now = (): Date => new Date();
    const posted = await signRequest(people.owner, { method: 'POST', url }, now);
    refused(await send(path, posted), 401, 'PROOF_TARGET_WRONG');
    const elsewhere = { method: 'GET', url: `https://elsewhere.example${path}` };
    refused(
      await send(path, await signRequest(people.owner, elsewhere, now)),
      401,
      'PROOF_TARGET_WRONG',
    );
    const old = () => new Date(Date.now() - 120_000);
    const late = await signRequest(people.owner, { method: 'GET', url }, old);
    refused(await send(path, late), 401, 'PROOF_EXPIRED');
    const fresh = await prove(path, people.owner);
    const [head = '', claims = '', signature = ''] = fresh.split('.');
    const strangers = (await prove(path, people.stranger)).split('.')[0] ?? '';
    for (const [tampered, code] of [
      [`${strangers}.${claims}.${signature}`, 'PROOF_SIGNATURE_INVALID'],
      [`${head}.${claims}x.${signature}`, 'PROOF_SIGNATURE_INVALID'],
      [`${head}.${claims}`, 'PROOF_MALFORMED'],
      ['x', 'PROOF_MALFORMED'],
    ] as const) {
      refused(await send(path, tampered), 401, code);
    }
    // All of that was one read.
    expect(desk.journal.waiting).toBe(1);
  });
});
