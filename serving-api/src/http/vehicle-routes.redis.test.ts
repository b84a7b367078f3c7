import { PROOF_HEADER } from '@passport/ledger-client';
import { fieldsInScope, signals, type VehicleEvent } from '@passport/model';
import { type TemporaryFolder, temporaryFolder } from '@passport/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { grantLine, timeAt, vid } from '../testing/consent-lines.ts';
import {
  type DeskWorld,
  deskWorld,
  type Got,
  makePeople,
  type People,
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
import { Died, MemoryFiles } from '../testing/mortal-disk.ts';

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
      fields: fieldsInScope('maintenance'),
    };
    expect(seen.body).toMatchObject({ vid, ownerEpoch: 1, next: null, reads: [own, garages] });
    await desk.flusher.flush();
    expect(ledger.reads).toHaveLength(2);
    const later = await ask(`${path}/reads`, people.owner);
    expect(later.body['reads']).toMatchObject([
      { grantId: 'owner', by: 'MarketMSP' },
      { grantId: 'grant-0001', by: 'MarketMSP', fields: fieldsInScope('maintenance') },
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
    let next: string | null = null;
    do {
      const after = next === null ? '' : `?after=${encodeURIComponent(next)}`;
      const { body } = await ask(`${path}/reads${after}`, people.owner);
      queries.push(...(body['reads'] as { query: string }[]).map(({ query }) => query));
      ({ next } = body as { next: string | null });
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
    await expect(restart()).rejects.toThrow(Died);
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
  const counted = (): VehicleEvent[] =>
    bookOtherwiseGranted(people, grantLine('granted', 3, { includesPast: true, queriesMax: 5 }));

  test('are as many as it allows, when they come at once', async () => {
    const { ask, ledger, desk } = await worldOf(counted());
    const all = await Promise.all(Array.from({ length: 12 }, () => ask(path, people.garage)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(5);
    for (const got of all) if (got.status !== 200) refused(got, 403, 'QUERIES_SPENT');
    const left = all.flatMap(({ body }) => {
      const { grants = [] } = (body['access'] ?? {}) as { grants?: { queriesLeft: number }[] };
      return grants.map(({ queriesLeft }) => queriesLeft);
    });
    expect(left.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
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

describe('what was erased', { timeout: START_MS }, () => {
  test('is told to everybody, for nothing and without a proof', async () => {
    const { send } = await worldOf(book());
    const { status, body, headers } = await send(`/v1/erasures/${vid}`);
    expect([status, body]).toEqual([200, { vid, erasures: [] }]);
    expect(headers.get('Cache-Control')).toBe('no-store');
    refused(await send('/v1/erasures/no-vid'), 400, 'VID_INVALID');
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
