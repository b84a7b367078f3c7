import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Fields, isSignalName, type SignalName, signals } from '../signals/signals.ts';
import { parse } from '../wire/parse.ts';
import { CLEAR_SUITE, openClear, sealClear, sealed, suiteOf } from './sealed.ts';

const names = Object.keys(signals).filter(isSignalName);

const fields: fc.Arbitrary<Fields> = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 12 })
  .chain((chosen) =>
    fc
      .tuple(
        ...chosen.map((name) =>
          signals[name].type === 'number' ? fc.maxSafeInteger() : fc.string({ unit: 'grapheme' }),
        ),
      )
      .map((values) => Object.fromEntries(chosen.map((name, i) => [name, values[i] ?? 0]))),
  );

describe('fields in suite 0', () => {
  test('come back as they were, each in its class, and pass as sealed', () => {
    fc.assert(
      fc.property(fields, (clear) => {
        const kept = sealClear(clear);
        expect(openClear(kept)).toEqual(clear);
        const chosen = Object.keys(clear) as SignalName[];
        expect(new Set(Object.keys(kept))).toEqual(
          new Set(chosen.map((name) => signals[name].class)),
        );
        for (const field of Object.values(kept)) expect(suiteOf(field)).toBe(CLEAR_SUITE);
        for (const [fieldClass, field] of Object.entries(kept)) {
          const opened = Object.keys(openClear({ [fieldClass]: field })) as SignalName[];
          expect(opened.every((name) => signals[name].class === fieldClass)).toBe(true);
        }
        expect(parse(sealed, kept)).toEqual(kept);
      }),
    );
  });

  test('are spelled the same in whatever order they were set', () => {
    fc.assert(
      fc.property(fields, (clear) => {
        const reversed = Object.fromEntries(Object.entries(clear).reverse());
        expect(sealClear(reversed)).toEqual(sealClear(clear));
      }),
    );
  });

  test('are no others than signals, and whole numbers', () => {
    for (const name of ['Vehicle.Colour', 'toString', '__proto__']) {
      const unknown = JSON.parse(`{"${name}":1}`) as Fields;
      expect(() => sealClear(unknown)).toThrow(/^SIGNAL_UNKNOWN: /);
    }
    expect(() => sealClear({ 'Vehicle.AverageSpeed': 0.5 })).toThrow(RangeError);
  });
});

describe('fields in suite 0 that nobody of ours has written', () => {
  const written = (json: string | Uint8Array): Fields => {
    const bytes = Buffer.concat([Buffer.of(CLEAR_SUITE), Buffer.from(json)]);
    return openClear(parse(sealed, { driving: bytes.toString('base64url') }));
  };

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"Vehicle.Colour":1}',
    '{"__proto__":{},"Vehicle.AverageSpeed":1}',
    '{"Vehicle.AverageSpeed":0.5}',
    '{"Vehicle.AverageSpeed":1e400}',
    '{"Vehicle.AverageSpeed":null}',
    '\ufeff{"Vehicle.AverageSpeed":1}',
  ])('stay closed: %j', (json) => {
    expect(written(json)).toEqual({});
  });

  test('leave those of other classes open', () => {
    const broken = Buffer.from([CLEAR_SUITE, 123]).toString('base64url');
    const kept = parse(sealed, { ...sealClear({ 'Vehicle.TripDuration': 5 }), driving: broken });
    expect(openClear(kept)).toEqual({ 'Vehicle.TripDuration': 5 });
  });

  test('are texts that UTF-8 can carry', () => {
    expect(written('{"Passport.Incident.Place":"a\\ud83d"}')).toEqual({
      'Passport.Incident.Place': 'a\ufffd',
    });
    const bytes = Buffer.from('{"Passport.Incident.Place":"a_"}');
    bytes[bytes.indexOf('_')] = 0xff;
    expect(written(bytes)).toEqual({ 'Passport.Incident.Place': 'a\ufffd' });
  });
});

describe('fields in another suite', () => {
  const closed = Buffer.concat([Buffer.of(1), Buffer.from('{"Vehicle.AverageSpeed":1}')]);
  const field = parse(sealed, { driving: closed.toString('base64url') });

  test('stay closed', () => {
    expect(openClear(field)).toEqual({});
    expect(Object.values(field).map(suiteOf)).toEqual([1]);
  });
});

describe('sealed fields', () => {
  test.each([
    ['no class', 'FIELD_CLASS_UNKNOWN', { colour: 'AAAA' }],
    ['a name of every object', 'FIELD_CLASS_UNKNOWN', { toString: 'AAAA' }],
    ['one character', 'SEALED_FIELD_INVALID', { usage: 'A' }],
    ['more than 6,000', 'SEALED_FIELD_INVALID', { usage: 'A'.repeat(6001) }],
    ['base64 of the other alphabet', 'SEALED_FIELD_INVALID', { usage: 'AA+/' }],
    ['clear text', 'SEALED_FIELD_INVALID', { usage: '{"a":1}' }],
    ['a number', 'SEALED_FIELD_INVALID', { usage: 7 }],
  ])('of %s are refused', (_, code, value) => {
    expect(() => parse(sealed, value)).toThrow(`${code}: `);
  });
});
