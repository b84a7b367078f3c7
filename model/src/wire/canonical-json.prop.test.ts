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

  test('spells what is in order as plain JSON does, and the same when only its depths are not', () => {
    fc.assert(
      fc.property(json, (value) => {
        const inOrder = JSON.parse(canonicalJson(value)) as JsonValue;
        expect(canonicalJson(inOrder)).toBe(canonicalJson(value));
        const around = { a: [value], b: value };
        const spelled = canonicalJson(value);
        expect(canonicalJson(around)).toBe(`{"a":[${spelled}],"b":${spelled}}`);
      }),
    );
  });

  test.each<[JsonValue, string]>([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: { d: 1, c: 2 }, b: 3 }, '{"a":{"c":2,"d":1},"b":3}'],
    // Numbers come first among the names of an object, by their size.
    [{ 10: 1, 9: 2 }, '{"10":1,"9":2}'],
    [{ '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}'],
  ])('spells %o in the order of UTF-16 code units', (value, spelled) => {
    expect(canonicalJson(value)).toBe(spelled);
  });

  test('leaves out what is not there, in order or not', () => {
    const [inOrder, other] = [
      { a: undefined, b: 1 },
      { b: 1, a: undefined },
    ];
    for (const one of [inOrder, other]) expect(canonicalJson(one as never)).toBe('{"b":1}');
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
