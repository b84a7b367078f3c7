import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseVid, vidOfBytes } from './vid.ts';

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('vid', () => {
  test('any 16 bytes have a spelling that parses, and other bytes have another', () => {
    fc.assert(
      fc.property(bytes16, bytes16, (a, b) => {
        expect(parseVid(vidOfBytes(a))).toBe(vidOfBytes(a));
        expect(vidOfBytes(a) === vidOfBytes(b)).toBe(Buffer.from(a).equals(b));
      }),
    );
  });

  test('known bytes are spelled as RFC 4648 spells them', () => {
    expect(vidOfBytes(Buffer.from('foobarfoobarfoob'))).toBe('mzxw6ytbojtg633cmfzgm33pmi');
  });

  test('a last character that carries more than 128 bits is refused', () => {
    expect(() => parseVid('aaaaaaaaaaaaaaaaaaaaaaaaab')).toThrow(/^VID_INVALID: /);
  });

  test.each([
    '',
    'a'.repeat(25),
    'a'.repeat(27),
    'A'.repeat(26),
    `${'a'.repeat(25)}1`,
    'a'.repeat(26) + '\n',
  ])('%j is refused', (text) => {
    expect(() => parseVid(text)).toThrow(/^VID_INVALID: /);
  });
});
