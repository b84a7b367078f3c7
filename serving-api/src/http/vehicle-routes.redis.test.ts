import { PROOF_HEADER, signRequest } from '@passport/ledger-client';
import { type KeyScope, parseInstant, signals, type VehicleEvent } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  canary,
  eventIdAt,
  eventWith,
  grantLine,
  line,
  ownedBy,
  timeAt,
  vid,
} from '../testing/consent-lines.ts';
import {
  type DeskWorld,
  deskWorld,
  type Got,
  makePeople,
  type People,
  PUBLIC_URL,
  type WorldOptions,
} from '../testing/desk-world.ts';
import { MemoryReadLedger } from '../testing/memory-ledger.ts';
import { MirrorFixture, START_MS } from '../testing/mirror-fixture.ts';
import { MemoryFiles } from '../testing/mortal-disk.ts';

const fixture = new MirrorFixture();
const path = `/v1/vehicles/${vid}`;
const trip: readonly KeyScope[] = ['usage', 'location', 'Vehicle.TripMeterReading'];
const work: readonly KeyScope[] = ['maintenance', 'location'];

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

/** A car with an owner, who granted maintenance to the garage in block 3. */
function book(...more: readonly VehicleEvent[]): VehicleEvent[] {
  return [
    line('registered', 0, { registeredBy: 'MakerMSP', fields: {} }),
    ownedBy(people.owner.keyId, 1, 0),
    eventWith(trip, 1),
    eventWith(work, 2, 'intervention'),
    grantLine('granted', 3, { includesPast: true }),
    eventWith(work, 4, 'intervention'),
    eventWith(trip, 5),
    ...more,
  ];
}

function worldOf(lines: readonly VehicleEvent[], options: WorldOptions = {}): Promise<DeskWorld> {
  return deskWorld(fixture, people, folder.path, lines, options);
}

const scopes: readonly KeyScope[] = [...trip, 'maintenance'];

/** Scopes and blocks whose canary is in an answer, in whatever spelling. */
function leaks({ bytes }: Got, lines: readonly VehicleEvent[]): string[] {
  const found: string[] = [];
  for (const { block, kind } of lines) {
    if (kind !== 'trip' && kind !== 'intervention') continue;
    for (const scope of scopes) {
      const sealed = canary(scope, eventIdAt(block));
      const raw = Buffer.from(sealed, 'base64url');
      const spellings = [
        sealed,
        ...(['hex', 'base64', 'latin1'] as const).map((as) => raw.toString(as)),
      ];
      if (spellings.some((text) => bytes.includes(text))) found.push(`${scope} ${block}`);
    }
  }
  return found;
}

function refused(got: Got, status: number, code: string): void {
  expect(got.body).toMatchObject({ status, code });
  expect(got.status).toBe(status);
  expect(leaks(got, book())).toEqual([]);
  expect(got.bytes).not.toMatch(/odometerKm|intervention|grant-0001|GarageMSP/);
}

describe('a log book', { timeout: START_MS }, () => {
  test('is all the owner’s', async () => {
    const lines = book(grantLine('granted', 6, { grantee: { keyId: people.buyer.keyId } }));
    const { ask } = await worldOf(lines);
    const got = await ask(path, people.owner);
    expect(got.status).toBe(200);
    expect(got.headers.get('cache-control')).toBe('no-store');
    expect(got.body['events']).toHaveLength(lines.length);
    expect(leaks(got, lines)).toHaveLength(10);
    expect(got.body).toMatchObject({
      ...{ vid, block: 6, owners: 1, state: 'in-service' },
      access: { as: 'owner', ownerEpoch: 1, grants: [] },
    });
  });

  test('shows a member the scopes that it was granted, and its own grant', async () => {
    const lines = book(
      grantLine('granted', 6, {
        grantId: 'grant-of-others',
        grantee: { keyId: people.buyer.keyId },
      }),
    );
    const { ask } = await worldOf(lines);
    const got = await ask(path, people.garage);
    expect(leaks(got, lines)).toEqual(['maintenance 2', 'maintenance 4']);
    expect(got.bytes).not.toContain('grant-of-others');
    const { query } = got.body['access'] as { query: string };
    expect(got.body['access']).toEqual({
      ...{ as: 'grantee', ownerEpoch: 1, query },
      grants: [
        {
          ...{ grantId: 'grant-0001', purpose: 'maintenance', scopes: ['maintenance'] },
          ...{ includesPast: true, expiresAt: timeAt(525_600), queriesLeft: null },
        },
      ],
    });
    const narrow = await ask(`${path}?grant=grant-0001&scopes=maintenance`, people.garage);
    expect(leaks(narrow, lines)).toEqual(['maintenance 2', 'maintenance 4']);
  });

  test('is read by the holder of a key that was granted it', async () => {
    const grantee = { keyId: people.buyer.keyId };
    const lines = book(
      grantLine('granted', 5, { grantId: 'grant-0002', grantee, includesPast: true }),
    );
    const { ask } = await worldOf(lines);
    const got = await ask(path, people.buyer);
    expect(leaks(got, lines)).toEqual(['maintenance 2', 'maintenance 4']);
  });

  test('is in the journal before it is answered, and its owner sees who read what', async () => {
    const { ask, desk, ledger, bugs } = await worldOf(book());
    await ask(path, people.garage);
    expect(desk.journal.durable(10)).toHaveLength(1);
    await ask(path, people.owner);
    const seen = await ask(`${path}/reads`, people.owner);
    const own = { reader: null, purpose: null, grantId: 'owner', by: null, recordedAt: null };
    const garages = {
      ...{ reader: { mspId: 'GarageMSP' }, purpose: 'maintenance', grantId: 'grant-0001' },
      ...{ scopes: ['maintenance'], by: null, recordedAt: null },
    };
    expect(seen.body).toMatchObject({ vid, ownerEpoch: 1, next: null, reads: [own, garages] });
    await desk.flusher.flush();
    expect(ledger.reads).toHaveLength(2);
    const later = await ask(`${path}/reads`, people.owner);
    expect(later.body['reads']).toMatchObject([
      { grantId: 'owner', by: 'MarketMSP' },
      { grantId: 'grant-0001', by: 'MarketMSP' },
    ]);
    expect(bugs).toEqual([]);
  });

  test('has all its reads in pages, each once', async () => {
    const { ask, desk, ledger } = await worldOf(book());
    ledger.pageSize = 2;
    for (let number = 0; number < 5; number += 1) await ask(path, people.garage);
    await desk.flusher.flush();
    await ask(path, people.garage);
    const queries: unknown[] = [];
    let next: unknown = null;
    do {
      const after = next === null ? '' : `?after=${encodeURIComponent(String(next))}`;
      const { body } = await ask(`${path}/reads${after}`, people.owner);
      queries.push(...(body['reads'] as { query: string }[]).map(({ query }) => query));
      ({ next } = body);
    } while (next !== null);
    expect(queries).toHaveLength(6);
    expect(new Set(queries).size).toBe(6);
  });

  test('is exported whole to its owner, with units, and that is a read too', async () => {
    const lines = book();
    const { ask } = await worldOf(lines);
    await ask(path, people.garage);
    const got = await ask(`${path}/export`, people.owner);
    expect(got.status).toBe(200);
    expect(got.body).toMatchObject({
      ...{ format: 'passport-export/1', vid, readsNext: null },
      reads: [{ grantId: 'owner' }, { grantId: 'grant-0001' }],
    });
    expect(got.body['events']).toHaveLength(lines.length);
    expect(leaks(got, lines)).toHaveLength(10);
    const notes = got.body['signals'] as Record<string, unknown>;
    expect(Object.keys(notes).sort()).toEqual(Object.keys(signals).sort());
    expect(notes['Vehicle.TripMeterReading']).toEqual({
      ...{ class: 'usage', scope: 'Vehicle.TripMeterReading', type: 'number', unit: 'm' },
    });
  });

  test('is not read when the read cannot be written down', async () => {
    const files = new MemoryFiles();
    const { ask, restart } = await worldOf(book(), { disk: files.disk(1) });
    refused(await ask(path, people.garage), 503, 'NOT_READY');
    refused(await ask(path, people.owner), 503, 'NOT_READY');
    refused(await ask(`${path}/export`, people.owner), 503, 'NOT_READY');
    await expect(restart()).rejects.toThrow();
  });

  test('needs the ledger for members and for counted grants, and for nothing else', async () => {
    const ledger = new MemoryReadLedger();
    const grantee = { keyId: people.buyer.keyId };
    const counted = grantLine('granted', 6, { grantId: 'grant-0002', grantee, queriesMax: 3 });
    const { ask } = await worldOf(book(counted), { ledger });
    ledger.isAway = true;
    refused(await ask(path, people.garage), 503, 'NOT_READY');
    refused(await ask(path, people.buyer), 503, 'NOT_READY');
    expect((await ask(path, people.owner)).status).toBe(200);
  });
});

describe('queries of a grant', { timeout: START_MS }, () => {
  const counted = (): VehicleEvent[] => [
    ...book().filter(({ kind }) => kind !== 'granted'),
    grantLine('granted', 3, { includesPast: true, queriesMax: 5 }),
  ];

  test('are as many as it allows, when they come at once', async () => {
    const { ask, ledger, desk } = await worldOf(counted());
    const all = await Promise.all(Array.from({ length: 12 }, () => ask(path, people.garage)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(5);
    for (const got of all) if (got.status !== 200) refused(got, 403, 'QUERIES_SPENT');
    const left = all.flatMap(({ body }) => {
      const { grants = [] } = (body['access'] ?? {}) as { grants?: { queriesLeft: number }[] };
      return grants.map(({ queriesLeft }) => queriesLeft);
    });
    expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
    await desk.flusher.flush();
    expect(ledger.reads).toHaveLength(5);
  });

  test('are remembered over restarts, whatever the ledger has of them', async () => {
    let world = await worldOf(counted());
    for (const isFlushed of [true, false, true, false]) {
      expect((await world.ask(path, people.garage)).status).toBe(200);
      if (isFlushed) await world.desk.flusher.flush();
      await world.desk.journal.close();
      world = await world.restart();
    }
    expect((await world.ask(path, people.garage)).body).toMatchObject({
      access: { grants: [{ queriesLeft: 0 }] },
    });
    refused(await world.ask(path, people.garage), 403, 'QUERIES_SPENT');
    await world.desk.flusher.flush();
    expect(world.ledger.reads).toHaveLength(5);
  });

  test('that another server answered count, too', async () => {
    const ledger = new MemoryReadLedger();
    const { desk } = await worldOf(book(), { ledger });
    const elsewhere = Array.from({ length: 4 }, (_, number) => ({
      ...{ vid, ownerEpoch: 1, grantId: 'grant-0001', reader: null, purpose: null, at: timeAt(4) },
      ...{ scopes: ['maintenance'], query: `elsewhere-${number}` },
    })) as unknown as Parameters<typeof ledger.record>[1];
    await ledger.record('command-0001' as Parameters<typeof ledger.record>[0], elsewhere);
    await desk.journal.close();
    const { ask } = await worldOf(counted(), { ledger });
    expect((await ask(path, people.garage)).status).toBe(200);
    refused(await ask(path, people.garage), 403, 'QUERIES_SPENT');
  });
});

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
      () => [
        ...book().filter(({ kind }) => kind !== 'granted'),
        grantLine('granted', 3, { expiresAt: parseInstant(timeAt(5)) }),
      ],
      ...(['garage', path, 410, 'GRANT_ENDED'] as const),
    ],
    [
      'a grantee before it begins',
      () => [
        ...book().filter(({ kind }) => kind !== 'granted'),
        grantLine('granted', 3, { notBefore: parseInstant(timeAt(9)) }),
      ],
      ...(['garage', path, 403, 'GRANT_NOT_BEGUN'] as const),
    ],
    [
      'a grantee with a grant of another owner epoch',
      () => [
        ...book().filter(({ kind }) => kind !== 'granted'),
        grantLine('granted', 3, { ownerEpoch: 2 }),
      ],
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

describe('a developer’s ledger', { timeout: START_MS }, () => {
  test('answers without a proof, as the lines are, and by proof as any other', async () => {
    const { ask, desk } = await worldOf(book(), { isFree: true });
    const open = await ask(path);
    expect(open.body['events']).toHaveLength(book().length);
    expect(open.body['access']).toBeUndefined();
    expect(desk.journal.waiting).toBe(0);
    refused(await ask(path, people.stranger), 404, 'VEHICLE_UNKNOWN');
    refused(await ask(`${path}/export`), 401, 'PROOF_REQUIRED');
    expect((await ask(`${path}?atBlock=999`)).body).toMatchObject({ code: 'BLOCK_NOT_HELD' });
  });

  test('says what its routes take and answer', async () => {
    const { ask } = await worldOf(book());
    const { body } = await ask('/openapi.json');
    const paths = body['paths'] as Record<string, { get?: { responses: object } }>;
    for (const suffix of ['', '/reads', '/export']) {
      const responses = paths[`/v1/vehicles/{vid}${suffix}`]?.get?.responses ?? {};
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining(['200', '401', '403', '404', '410', '503']),
      );
    }
    expect(JSON.stringify(body)).toContain(PROOF_HEADER.toLowerCase());
  });
});
