import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isKeyTooLong, STATE_KEY_BYTES_MAX } from './key-length.ts';

test('isKeyTooLong: counts the bytes of namespace, separator and key, whatever the letters', () => {
  const letter = fc.constantFrom('k', '\u00e9', '\uffff', '\u{10000}');
  fc.assert(
    fc.property(letter, fc.integer({ min: 900, max: 4_100 }), (unit, count) => {
      const key = unit.repeat(count);
      const bytes = Buffer.from(`cc\u0000${key}`).length;
      expect(isKeyTooLong('cc', key)).toBe(bytes > STATE_KEY_BYTES_MAX);
    }),
  );
});
