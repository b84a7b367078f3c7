import fc from 'fast-check';
import { expect, test } from 'vitest';

import { copyBytes, hasBytes, wordsOf } from './words.ts';

/** So few values that bytes are often the same. */
const someBytes = fc.uint8Array({ max: 1, maxLength: 11 });

test('bytes are the same as others, wherever both lie, where all of them are', () => {
  fc.assert(
    fc.property(someBytes, someBytes, someBytes, (one, other, before) => {
      const length = Math.min(one.length, other.length);
      const lies = Buffer.concat([before, other]);
      const isSame = Buffer.from(one).subarray(0, length).equals(other.subarray(0, length));
      expect(hasBytes(wordsOf(one), 0, length, wordsOf(lies), before.length)).toBe(isSame);
      const [start, end] = [before.length, before.length + length];
      expect(hasBytes(wordsOf(lies), start, end, wordsOf(one), 0)).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});

test('copied bytes are what they were, and those around them stay', () => {
  const bytes = fc.uint8Array({ maxLength: 11 });
  fc.assert(
    fc.property(bytes, bytes, bytes, (before, copied, behind) => {
      const from = Buffer.concat([behind, copied, before]);
      const into = Buffer.concat([before, new Uint8Array(copied.length), behind]);
      const [start, end] = [behind.length, behind.length + copied.length];
      copyBytes(wordsOf(from), start, end, wordsOf(into), before.length);
      expect(into).toEqual(Buffer.concat([before, copied, behind]));
    }),
  );
});

test('bytes that there is no room for are refused', () => {
  const [from, into] = [wordsOf(new Uint8Array(9)), wordsOf(new Uint8Array(8))];
  expect(() => copyBytes(from, 0, 9, into, 0)).toThrow(RangeError);
  expect(() => copyBytes(from, 1, 5, into, 5)).toThrow(RangeError);
});
