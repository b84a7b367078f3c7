import { randomBytes } from 'node:crypto';

import {
  canonicalJson,
  type KeyScope,
  keyScopes,
  openClear,
  parseEventId,
  parseMspId,
  parseSourceId,
  type SealedField,
  sealClear,
  sealedHeaderOf,
  vidOfBytes,
} from '@passport/model';
import { describe, expect, test } from 'vitest';

import { AssociatedData, PAPERS } from './associated-data.ts';
import { Opener } from './opener.ts';
import { IN_CLEAR, Sealer } from './sealer.ts';
import {
  ledger,
  openerWith,
  testFields,
  testKeys,
  testPlace,
  testSealer,
  testVid,
} from './testing/sealed-things.ts';

const { keys, scalars } = await testKeys();
/** In the order in which they are sealed: that of the fields' names. */
const scopes: KeyScope[] = ['maintenance', 'usage', 'location', 'Vehicle.TripMeterReading'];

function codeOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
  return 'nothing';
}

describe('fields', () => {
  test('are sealed by scope, and open for whoever has the keys', async () => {
    const sealed = await testSealer().seal(testFields, testPlace, keys);
    expect(Object.keys(sealed).sort()).toEqual([...scopes].sort());
    for (const field of Object.values(sealed)) {
      expect(sealedHeaderOf(field)).toEqual({ suite: 1, version: 1, epoch: 1 });
      expect(Buffer.from(field, 'base64url').toString('latin1')).not.toContain('Trip');
    }
    const opener = openerWith(scalars);
    await opener.prepare([{ ...testPlace, sealed }]);
    const { fields, byScope, closed } = opener.open(sealed, testPlace);
    expect(fields).toEqual(testFields);
    expect(closed).toEqual([]);
    expect(byScope['Vehicle.TripMeterReading']).toEqual({ 'Vehicle.TripMeterReading': 24_000 });
    expect(opener.openAll(sealed, testPlace)).toEqual(testFields);
  });

  test('of a scope without a key stay closed, and the others open', async () => {
    const sealed = await testSealer().seal(testFields, testPlace, keys);
    const opener = openerWith(new Map([['usage', scalars.get('usage') ?? randomBytes(32)]]));
    await opener.prepare([{ ...testPlace, sealed }]);
    const { fields, closed } = opener.open(sealed, testPlace);
    expect(Object.keys(fields)).toEqual(['Passport.Trip.Start', 'Vehicle.TripDuration']);
    expect([...closed].sort()).toEqual(scopes.filter((scope) => scope !== 'usage').sort());
    expect(codeOf(() => opener.openAll(sealed, testPlace))).toBe('OPENING_KEY_MISSING');
  });

  test('are refused where nobody said what to do with a scope', async () => {
    const { usage, location } = keys;
    if (typeof usage !== 'object' || typeof location !== 'object') throw new Error('no keys');
    const seal = (some: object) => testSealer().seal(testFields, testPlace, some);
    await expect(seal({ usage, location })).rejects.toThrow(/^SEALING_KEY_MISSING: /);
    const other = { ...keys, maintenance: { ...usage, suite: 2 } };
    await expect(seal(other)).rejects.toThrow(/^SUITE_UNKNOWN: /);
    const x = 'A'.repeat(43);
    const wrong = { ...keys, usage: { ...usage, key: { ...usage.key, x } } };
    await expect(seal(wrong)).rejects.toThrow(/^PUBLIC_KEY_INVALID: /);
    const long = { 'Passport.Intervention.Jobs': 'x'.repeat(5000) };
    await expect(testSealer().seal(long, testPlace, keys)).rejects.toThrow(/^SEALED_FIELD_INVALID/);
  });

  test('in clear pass through, by scope where the sealer was told so', async () => {
    const inClear = Object.fromEntries(keyScopes.map((scope) => [scope, IN_CLEAR] as const));
    const sealed = await testSealer().seal(testFields, testPlace, inClear);
    expect(Object.keys(sealed).sort()).toEqual([...scopes].sort());
    expect(openClear(sealed)).toEqual(testFields);
    const opener = new Opener({ ledger });
    for (const clear of [sealed, sealClear(testFields)]) {
      expect(opener.open(clear, testPlace)).toMatchObject({ fields: testFields, closed: [] });
    }
  });

  test('of a registration are sealed by the organisation', async () => {
    const papers = { 'Vehicle.VehicleIdentification.Brand': 'Volvo' };
    const where = { vid: testVid, event: PAPERS, contributor: parseMspId('MakerMSP') } as const;
    const sealed = await testSealer().seal(papers, where, keys);
    const opener = openerWith(scalars);
    await opener.prepare([{ ...where, sealed }]);
    expect(opener.openAll(sealed, where)).toEqual(papers);
  });

  test('sealed twice are another text each time, by one encapsulation', async () => {
    const sealer = testSealer();
    const [one, two] = await Promise.all([
      sealer.seal(testFields, testPlace, keys),
      sealer.seal(testFields, testPlace, keys),
    ]);
    expect(one.usage).not.toBe(two.usage);
    // Header and encapsulated secret: 71 bytes, 94 characters of them whole.
    expect(one.usage?.slice(0, 94)).toBe(two.usage?.slice(0, 94));
    const other = await testSealer().seal(testFields, testPlace, keys);
    expect(other.usage?.slice(0, 94)).not.toBe(one.usage?.slice(0, 94));
  });
});

describe('what stands elsewhere', () => {
  const places = {
    'another event': { event: parseEventId('event-2') },
    'the papers': { event: PAPERS },
    'another source': { contributor: parseSourceId('GarageMSP/other') },
    'another vehicle': { vid: vidOfBytes(Buffer.alloc(16, 7)) },
  } as const;

  test.each(Object.entries(places))('as %s stays closed', async (_, changes) => {
    const sealed = await testSealer().seal(testFields, testPlace, keys);
    const there = { ...testPlace, ...changes };
    const opener = openerWith(scalars);
    for (const [scope, scalar] of scalars) {
      opener.addKey({ vid: there.vid, scope, epoch: 1 }, scalar);
    }
    // The secret is known from its right place, and is of no use in another.
    await opener.prepare([
      { ...testPlace, sealed },
      { ...there, sealed },
    ]);
    expect(opener.open(sealed, there)).toEqual({ fields: {}, byScope: {}, closed: scopes });
    expect(opener.faultOf('usage', sealed, there)).toBe('SEAL_BROKEN');
    expect(opener.open(sealed, testPlace).closed).toEqual([]);
  });

  test('as another scope or epoch, or on another ledger, stays closed', async () => {
    const { usage } = await testSealer().seal(testFields, testPlace, keys);
    if (usage === undefined) throw new Error('nothing was sealed');
    const usageKey = scalars.get('usage') ?? randomBytes(32);
    const swapped = { maintenance: usage };
    const opener = openerWith(new Map([['maintenance', usageKey]]));
    await opener.prepare([{ ...testPlace, sealed: swapped }]);
    expect(opener.faultOf('maintenance', swapped, testPlace)).toBe('SEAL_BROKEN');

    const bytes = Buffer.from(usage, 'base64url');
    bytes.writeUInt32BE(2, 2);
    const later = { usage: bytes.toString('base64url') as typeof usage };
    const next = openerWith(new Map([['usage', usageKey]]), { epoch: 2 });
    await next.prepare([{ ...testPlace, sealed: later }]);
    expect(next.faultOf('usage', later, testPlace)).toBe('SEAL_BROKEN');

    const elsewhere = openerWith(scalars, { on: 'fabric:ffffffffffffffffffffffffffffffff' });
    await elsewhere.prepare([{ ...testPlace, sealed: { usage } }]);
    expect(elsewhere.faultOf('usage', { usage }, testPlace)).toBe('SEAL_BROKEN');
  });

  test('is bound by canonical JSON of all that it is for', () => {
    const { vid, contributor, event } = testPlace;
    const context = { ledger, vid, scope: 'usage', epoch: 3, contributor } as const;
    const data = new AssociatedData(context);
    // One after the other: of the same length, shorter, longer.
    for (const name of [event, 'event-2', 'e', PAPERS, event]) {
      const expected = canonicalJson({ ...context, suite: 1, version: 1, event: name });
      expect(data.of(name).toString()).toBe(expected);
    }
  });
});

describe('an opener', () => {
  test('opens nothing any more of what it has forgotten, by owner', async () => {
    const later = await testKeys(2);
    const sealer = testSealer();
    const first = await sealer.seal(testFields, testPlace, keys);
    const second = await sealer.seal(testFields, testPlace, later.keys);
    const opener = openerWith(scalars);
    for (const [scope, scalar] of later.scalars) {
      opener.addKey({ vid: testVid, ownerEpoch: 2, scope, epoch: 2 }, scalar);
    }
    const things = [first, second].map((sealed) => ({ ...testPlace, sealed }));
    await opener.prepare(things);
    opener.forget(testVid, 1);
    expect(opener.open(first, testPlace).closed).toEqual(scopes);
    expect(opener.open(second, testPlace).closed).toEqual([]);
    opener.forget(testVid);
    expect(opener.open(second, testPlace).closed).toEqual(scopes);
    await opener.prepare(things);
    expect(opener.open(second, testPlace).closed).toEqual(scopes);
    expect(opener.hasKey(testVid, 'usage', 2)).toBe(false);
  });

  test('that forgets while it prepares stays without the secret', async () => {
    const sealed = await testSealer().seal(testFields, testPlace, keys);
    const opener = openerWith(scalars);
    const prepared = opener.prepare([{ ...testPlace, sealed }]);
    opener.forget(testVid);
    await prepared;
    expect(opener.open(sealed, testPlace).closed).toEqual(scopes);
  });

  test('takes a wrong key for what it is, and the right one in its place', async () => {
    const sealed = await testSealer().seal(testFields, testPlace, keys);
    const things = [{ ...testPlace, sealed }];
    for (const wrong of [randomBytes(32).fill(1, 0, 8), Buffer.alloc(32), Buffer.alloc(5)]) {
      const opener = openerWith(new Map([['usage', wrong]]));
      await opener.prepare(things);
      expect(opener.faultOf('usage', sealed, testPlace)).toBe('SEAL_BROKEN');
      const right = scalars.get('usage') ?? randomBytes(32);
      opener.addKey({ vid: testVid, scope: 'usage', epoch: 1 }, right);
      await opener.prepare(things);
      expect(Object.keys(opener.open(sealed, testPlace).byScope)).toEqual(['usage']);
    }
  });

  test('keeps all that it prepared last, however little it may keep', async () => {
    const sealer = new Sealer({ ledger, random: randomBytes, encapsulationsMax: 1 });
    const opener = new Opener({ ledger, secretsMax: 1 });
    for (const [scope, scalar] of scalars) opener.addKey({ vid: testVid, scope, epoch: 1 }, scalar);
    for (let round = 0; round < 4; round += 1) {
      const contributor = parseSourceId(`GarageMSP/round-${round}`);
      const where = { ...testPlace, contributor };
      const sealed = await sealer.seal(testFields, where, keys);
      await opener.prepare([{ ...where, sealed }]);
      expect(opener.open(sealed, where).closed).toEqual([]);
    }
  });

  test('opens what nobody prepared, however little it may keep', async () => {
    const sealer = testSealer();
    const opener = new Opener({ ledger, secretsMax: 1 });
    for (const [scope, scalar] of scalars) opener.addKey({ vid: testVid, scope, epoch: 1 }, scalar);
    const other = { ...testPlace, contributor: parseSourceId('GarageMSP/other') };
    for (const where of [testPlace, other, testPlace]) {
      const sealed = await sealer.seal(testFields, where, keys);
      expect(opener.open(sealed, where).fields).toEqual(testFields);
    }
  });

  test('opens as well after its memory had a longer envelope, a shorter one, and a broken one', async () => {
    const sealer = testSealer();
    const opener = openerWith(scalars);
    for (const length of [1, 500, 3, 2000, 40]) {
      const fields = { 'Passport.Intervention.Jobs': 'ö'.repeat(length) };
      const sealed = await sealer.seal(fields, testPlace, keys);
      expect(opener.openAll(sealed, testPlace)).toEqual(fields);
      const broken = { maintenance: sealed.maintenance?.slice(0, -4) as SealedField };
      expect(opener.faultOf('maintenance', broken, testPlace)).toBe('SEAL_BROKEN');
      const long = { maintenance: `${sealed.maintenance}${'A'.repeat(8000)}` as SealedField };
      expect(opener.faultOf('maintenance', long, testPlace)).toBe('SEAL_BROKEN');
    }
  });
});
