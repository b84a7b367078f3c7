import { randomBytes } from 'node:crypto';

import { generateSigningKey, type Requester } from '@passport/ledger-client';
import type { Sealed, SealedField } from '@passport/model';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { exportVehicleBook } from '../export/export-vehicle.ts';
import { problem, type Served } from '../testing/oracle-api.ts';
import { serveProven } from '../testing/proving-api.ts';
import { makeSealedBook, type SealedBook } from '../testing/sealed-book.ts';
import type { BookAnswer, Line } from './answers.ts';
import type { OpenedLine } from './open-book.ts';
import type { ReaderKeys } from './opening-keys.ts';
import { type BookKeys, readVehicleBook } from './read-vehicle.ts';

const now = (): Date => new Date();

let book: SealedBook;
let closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  book = await makeSealedBook();
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

async function serve(answerFor: (url: URL, who: Requester) => Served): Promise<string> {
  const api = await serveProven(answerFor);
  closing.push(() => api.close());
  return api.url;
}

/** Reads a log book that the API answers with. */
async function readAs(
  keys: BookKeys,
  answer: BookAnswer = book.answer,
): Promise<readonly OpenedLine[]> {
  const api = await serve(() => ({ status: 200, body: answer }));
  const { vid, owner } = book;
  return (await readVehicleBook({ api, signer: owner, now, vid, keys })).events;
}

const ring = (): ReaderKeys => ({
  find: (id) => Promise.resolve(id === book.reader.keyId ? book.reader : undefined),
});

function opened(lines: readonly OpenedLine[]): Record<string, unknown> {
  const with_ = lines.filter(
    ({ fields, closed }) => Object.keys(fields).length + closed.length > 0,
  );
  return Object.fromEntries(with_.map(({ kind, fields, closed }) => [kind, { fields, closed }]));
}

describe('reading a log book', () => {
  test('proves who asks, and asks for what is wanted', async () => {
    const asked: string[] = [];
    const api = await serve((url, who) => {
      asked.push(`${url.pathname}${url.search} ${who.keyId}`);
      return { status: 200, body: book.answer };
    });
    const { vid, owner } = book;
    const more = { grant: 'grant-0001', scopes: ['maintenance', 'usage'] as const };
    await readVehicleBook({ api, signer: owner, now, vid, keys: undefined, ...more });
    expect(asked).toEqual([
      `/v1/vehicles/${vid}?grant=grant-0001&scopes=maintenance%2Cusage ${owner.keyId}`,
    ]);
  });

  test('opens all with the keys of the owner’s wallet, in units', async () => {
    expect(opened(await readAs({ ownerKeys: book.ownerKeys }))).toEqual({
      registered: {
        fields: { 'Vehicle.VehicleIdentification.Brand': { value: 'Benz', unit: null } },
        closed: [],
      },
      trip: {
        fields: {
          'Vehicle.TripMeterReading': { value: 12_345, unit: 'm' },
          'Vehicle.TripDuration': { value: 60_000, unit: 'ms' },
        },
        closed: [],
      },
      intervention: {
        fields: { 'Passport.Intervention.Jobs': { value: 'brakes', unit: null } },
        closed: [],
      },
    });
  });

  test('opens what came with a grant, and leaves the rest closed as it is', async () => {
    const lines = await readAs({ readerKeys: ring() });
    expect(opened(lines)).toMatchObject({
      registered: { fields: {}, closed: ['ownership'] },
      trip: { fields: {}, closed: ['usage', 'Vehicle.TripMeterReading'] },
      intervention: { fields: { 'Passport.Intervention.Jobs': { value: 'brakes' } }, closed: [] },
    });
    const trip = book.answer.events.find(({ kind }) => kind === 'trip');
    expect(lines.find(({ kind }) => kind === 'trip')?.sealed).toEqual(trip?.detail['sealed']);
  });

  test('opens what a former owner handed over', async () => {
    const scope = 'maintenance' as const;
    const received = [{ scope, epoch: 1, scalar: book.scalarOf(scope) }];
    const lines = await readAs({ ownerKeys: { rootKeys: [], received } });
    expect(lines.flatMap(({ fields }) => Object.keys(fields))).toEqual([
      'Passport.Intervention.Jobs',
    ]);
  });

  test.each<[string, () => BookKeys]>([
    ['no keys', () => undefined],
    ['an empty ring', () => ({ readerKeys: { find: () => Promise.resolve(undefined) } })],
    [
      'another reader’s key',
      () => ({ readerKeys: { find: () => Promise.resolve({ scalar: randomScalar() }) } }),
    ],
    [
      'another wallet',
      () => ({
        ownerKeys: {
          rootKeys: [{ ownerEpoch: 1, key: randomBytes(32).toString('base64url') }],
          received: [],
        },
      }),
    ],
  ])('opens nothing with %s', async (_, keys) => {
    const lines = await readAs(keys());
    expect(lines.map(({ fields }) => fields)).toEqual(lines.map(() => ({})));
    expect(lines.find(({ kind }) => kind === 'intervention')?.closed).toEqual(['maintenance']);
  });

  test.each<[string, (line: Line) => Line]>([
    ['of another event', (line) => ({ ...line, detail: { ...line.detail, id: 'repair-2' } })],
    [
      'of another source',
      (line) => ({ ...line, place: { source: 'GarageMSP/main', entry: 1, index: 0 } }),
    ],
    ['that was changed', (line) => ({ ...line, detail: { ...line.detail, sealed: spoilt(line) } })],
    [
      'that is nothing',
      (line) => ({ ...line, detail: { ...line.detail, sealed: { maintenance: 'AQEA' } } }),
    ],
  ])('leaves a field closed %s, and opens the others', async (_, change) => {
    const events = book.answer.events.map((line) =>
      line.kind === 'intervention' ? change(line) : line,
    );
    const lines = await readAs({ ownerKeys: book.ownerKeys }, { ...book.answer, events });
    expect(lines.find(({ kind }) => kind === 'intervention')).toMatchObject({
      fields: {},
      closed: ['maintenance'],
    });
    expect(Object.keys(lines.find(({ kind }) => kind === 'trip')?.fields ?? {})).toHaveLength(2);
  });

  test.each([
    [404, 'VEHICLE_UNKNOWN', 'API_REFUSED'],
    [410, 'GRANT_ENDED', 'API_REFUSED'],
    [403, 'QUERIES_SPENT', 'API_REFUSED'],
    [503, 'NOT_READY', 'API_UNREACHABLE'],
  ])('says that the API refuses: %i %s', async (status, code, expected) => {
    const api = await serve(() => problem(status, code));
    const { vid, owner } = book;
    const reading = readVehicleBook({ api, signer: owner, now, vid, keys: undefined });
    await expect(reading).rejects.toMatchObject({ code: expected, apiCode: code });
  });

  test.each([[{}], ['{'], [{ vid: 'x' }]])('takes %j for no log book', async (body) => {
    const api = await serve(() => ({ status: 200, body }));
    const { vid, owner } = book;
    const reading = readVehicleBook({ api, signer: owner, now, vid, keys: undefined });
    await expect(reading).rejects.toMatchObject({ code: 'ANSWER_MALFORMED' });
  });

  test('is refused without a proof', async () => {
    const api = await serve(() => ({ status: 200, body: book.answer }));
    const reading = readVehicleBook({ api, now, vid: book.vid, keys: undefined });
    await expect(reading).rejects.toMatchObject({ apiCode: 'PROOF_REQUIRED' });
  });
});

describe('an export', () => {
  test('has everything, opened, and all pages of who read it', async () => {
    const note = (grantId: string) => ({
      ...{
        grantId,
        reader: null,
        scopes: ['usage'],
        fields: [],
        purpose: null,
        at: book.answer.ledgerTime,
      },
      query: `of ${grantId}`,
    });
    const api = await serve((url) => {
      const after = url.searchParams.get('after');
      if (after === 'b') return { status: 200, body: { reads: [note('third')], next: null } };
      if (after === 'a') return { status: 200, body: { reads: [note('second')], next: 'b' } };
      const more = { format: 'passport-export/1', reads: [note('first')], readsNext: 'a' };
      return { status: 200, body: { ...book.answer, ...more, signals: { kept: true } } };
    });
    const { vid, owner, ownerKeys } = book;
    const document = await exportVehicleBook({ api, signer: owner, now, vid, ownerKeys });
    expect(document.reads.map(({ grantId }) => grantId)).toEqual(['first', 'second', 'third']);
    expect(document).toMatchObject({ readsNext: null, signals: { kept: true } });
    expect(document.events.flatMap(({ closed }) => closed)).toEqual([]);
    expect(document.events).toHaveLength(book.answer.events.length);
  });

  test('of somebody else’s car opens nothing', async () => {
    const stranger = await generateSigningKey();
    const api = await serve((_, { keyId }) =>
      keyId === book.owner.keyId ? { status: 200, body: {} } : problem(404, 'VEHICLE_UNKNOWN'),
    );
    const { vid, ownerKeys } = book;
    await expect(
      exportVehicleBook({ api, signer: stranger, now, vid, ownerKeys }),
    ).rejects.toMatchObject({ apiCode: 'VEHICLE_UNKNOWN' });
  });
});

function randomScalar(): Uint8Array {
  const scalar = randomBytes(32);
  scalar[0] = 1;
  return scalar;
}

/** With another character somewhere in the ciphertext. */
function spoilt({ detail }: Line): Sealed {
  const { maintenance = '' as SealedField } = detail['sealed'] as Sealed;
  const at = maintenance.length - 8;
  const other = maintenance[at] === 'A' ? 'B' : 'A';
  return {
    maintenance: (maintenance.slice(0, at) + other + maintenance.slice(at + 1)) as SealedField,
  };
}
