import fc from 'fast-check';
import { expect, test } from 'vitest';

import { compareKeys } from './key-order.ts';

/** Strings whose code points come from both sides of the surrogates. */
const key = fc.string({
  unit: fc.constantFrom('\0', 'a', 'b', 'ö', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{1f600}'),
  maxLength: 6,
});

test('compareKeys, of any two keys, gives the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareKeys(a, b))).toBe(byBytes);
    }),
  );
});
