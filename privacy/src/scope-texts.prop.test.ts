import {
  canonicalJson,
  type Fields,
  scopeOfField,
  type SignalName,
  signals,
} from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readScope, textsByScope } from './scope-texts.ts';

const names = Object.keys(signals) as SignalName[];
const someFields: fc.Arbitrary<Fields> = fc.dictionary(
  fc.constantFrom(...names),
  fc.oneof(fc.maxSafeInteger(), fc.string({ unit: 'binary' })),
  { noNullPrototype: true },
);

test('the texts of all scopes are canonical JSON, and come back as the fields', () => {
  fc.assert(
    fc.property(someFields, (fields) => {
      const back: Record<string, number | string> = {};
      for (const [scope, text] of textsByScope(fields)) {
        const members = Object.entries(fields).filter(
          ([name]) => scopeOfField(name as SignalName) === scope,
        );
        expect(text).toBe(canonicalJson(Object.fromEntries(members)));
        Object.assign(back, readScope(text, scope));
      }
      const wellFormed = Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.toWellFormed() : value,
      ]);
      expect(back).toEqual(Object.fromEntries(wellFormed));
    }),
  );
});

test('what is no field, or no whole number, is refused', () => {
  expect(() => textsByScope({ nothing: 1 } as Fields)).toThrow(/^SIGNAL_UNKNOWN: /);
  for (const value of [0.5, Number.NaN, 2 ** 53]) {
    expect(() => textsByScope({ 'Vehicle.TripDuration': value })).toThrow(RangeError);
  }
});

test.each(['', '[]', 'null', '7', '{"a":1}', '{"__proto__":1}', '{"Vehicle.TripDuration":0.5}'])(
  '%s is nothing that a scope can hold',
  (text) => {
    expect(readScope(text, 'usage')).toBeUndefined();
  },
);
