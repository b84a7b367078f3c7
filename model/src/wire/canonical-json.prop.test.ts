import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { canonicalJson, type JsonValue } from './canonical-json.ts';

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string(),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
  ),
})).value;

describe('canonicalJson', () => {
  test('means the same as what it spells', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('spells an object the same in whatever order its members were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json, { noNullPrototype: true }), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  test('sorts names at every depth and leaves no blanks', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x y' })).toBe(
      '{"a":"x y","b":[{"c":null,"d":1}]}',
    );
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is refused', (number) => {
    expect(() => canonicalJson({ number })).toThrow(RangeError);
  });
});
