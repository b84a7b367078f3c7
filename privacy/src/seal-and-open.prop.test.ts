import { createCipheriv } from 'node:crypto';

import {
  canonicalJson,
  type Fields,
  type KeyScope,
  type SealedField,
  type SignalName,
  scopeOfField,
  signals,
} from '@passport/model';
import { newMemory } from '#platform';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AssociatedData } from './associated-data.ts';
import { encapsulate } from './encapsulation.ts';
import { ENVELOPE_OVERHEAD_BYTES, writeEnvelope } from './envelope.ts';
import { EventKey, EventKeys } from './event-keys.ts';
import { ledger, openerWith, testKeys, testPlace, testSealer } from './testing/sealed-things.ts';

const { keys, scalars } = await testKeys();
const names = Object.keys(signals) as SignalName[];
const someFields: fc.Arbitrary<Fields> = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(
    fc.maxSafeInteger().map((value) => value || 0),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
  ),
  { noNullPrototype: true },
);

async function sealTest(fields: Fields) {
  return testSealer().seal(fields, testPlace, keys);
}

/** Opens one field as it is found on the ledger. */
async function openField(scope: KeyScope, bytes: Uint8Array) {
  const sealed = { [scope]: Buffer.from(bytes).toString('base64url') as SealedField };
  const opener = openerWith(scalars);
  await opener.prepare([{ ...testPlace, sealed }]);
  return opener.open(sealed, testPlace);
}

type KeyOfEvent = Pick<EventKey, 'key' | 'commitment'>;

/** As a source could that keeps to no rule: any text, under a key and a commitment of its choice. */
async function sealByHand(text: string, change: (of: (event: string) => KeyOfEvent) => KeyOfEvent) {
  const { usage } = keys;
  if (usage === undefined || usage === 'in-clear') throw new Error('no key');
  const { vid, contributor, event } = testPlace;
  const context = { ledger, vid, scope: 'usage', epoch: 1, contributor } as const;
  const random = (size: number) => crypto.getRandomValues(new Uint8Array(size));
  const { enc, secret } = encapsulate(usage.key, context, random);
  const eventKeys = new EventKeys(secret);
  const keyOf = (of: string): KeyOfEvent => {
    const memory = new EventKey();
    eventKeys.put(of, memory);
    return memory;
  };
  const { key, commitment } = change(keyOf);
  const nonce = Buffer.alloc(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(new AssociatedData(context).of(event));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const tag = cipher.getAuthTag();
  return Buffer.from(
    writeEnvelope({ epoch: 1, enc, nonce, commitment, ciphertext, tag }),
    'base64url',
  );
}

describe('sealed fields', () => {
  test('open to what they were, for whoever has the keys, and to nothing for others', async () => {
    await fc.assert(
      fc.asyncProperty(someFields, async (fields) => {
        const sealed = await sealTest(fields);
        const opener = openerWith(scalars);
        await opener.prepare([{ ...testPlace, sealed }]);
        expect(opener.openAll(sealed, testPlace)).toEqual(fields);
        const stranger = openerWith(new Map());
        await stranger.prepare([{ ...testPlace, sealed }]);
        expect(stranger.open(sealed, testPlace).fields).toEqual({});
      }),
      { numRuns: 30 },
    );
  });

  test('with any byte changed stay closed', async () => {
    const { usage } = await sealTest({ 'Passport.Trip.Start': 'now' });
    const bytes = Buffer.from(usage ?? '', 'base64url');
    for (const [at, byte] of bytes.entries()) {
      const changed = Uint8Array.from(bytes);
      changed[at] = byte ^ (1 << (at % 8));
      // The first byte changed to 0 says that it is in clear, and the rest then is no JSON.
      const { fields, closed } = await openField('usage', changed);
      expect([at, fields, closed]).toEqual([at, {}, ['usage']]);
    }
  });

  test('cut short or drawn out stay closed', async () => {
    const { usage } = await sealTest({ 'Passport.Trip.Start': 'now' });
    const bytes = Buffer.from(usage ?? '', 'base64url');
    for (let length = 1; length < bytes.length; length += 1) {
      expect((await openField('usage', bytes.subarray(0, length))).closed).toEqual(['usage']);
    }
    const longer = Buffer.concat([bytes, Buffer.of(0)]);
    expect((await openField('usage', longer)).closed).toEqual(['usage']);
  });

  test('that are any bytes at all stay closed, and halt nobody', async () => {
    const anything = fc.oneof(
      fc.uint8Array({ minLength: 2, maxLength: 300 }),
      fc
        .uint8Array({ minLength: ENVELOPE_OVERHEAD_BYTES, maxLength: 300 })
        .map((bytes) => Uint8Array.from([1, 1, 0, 0, 0, 1, ...bytes.subarray(6)])),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        const { fields } = await openField('usage', bytes);
        expect(fields).toEqual({});
      }),
      { numRuns: 200 },
    );
  });

  test('by a key that the commitment is not of stay closed', async () => {
    const text = canonicalJson({ 'Passport.Trip.Start': 'now' });
    const good = await sealByHand(text, (of) => of(testPlace.event));
    expect((await openField('usage', good)).fields).toEqual({ 'Passport.Trip.Start': 'now' });
    const other = await sealByHand(text, (of) => ({
      key: of(testPlace.event).key,
      commitment: newMemory(32),
    }));
    expect((await openField('usage', other)).closed).toEqual(['usage']);
    const another = await sealByHand(text, (of) => ({
      key: of('event-2').key,
      commitment: of(testPlace.event).commitment,
    }));
    expect((await openField('usage', another)).closed).toEqual(['usage']);
  });

  test('that are no fields of the scope stay closed', async () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .constantFrom(...names.filter((name) => scopeOfField(name) !== 'usage'))
        .map((name) => canonicalJson({ [name]: 1 })),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        fc.pre(text.trim() !== '{}');
        const bytes = await sealByHand(text, (of) => of(testPlace.event));
        const { fields, closed } = await openField('usage', bytes);
        expect([fields, closed]).toEqual([{}, ['usage']]);
      }),
      { numRuns: 60 },
    );
  });
});
