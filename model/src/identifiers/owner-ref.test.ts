import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { parseKeyId, parseMspId } from './names.ts';
import { memberRef, ownerRef } from './owner-ref.ts';

const key = parseKeyId(`${'A'.repeat(42)}A`);

test('an owner is 80 bits of a hash, in base32', () => {
  const digest = createHash('sha256').update(`passport/owner/1|${key}`).digest();
  const bits = [...digest.subarray(0, 10)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits.match(/.{5}/g)?.map((five) => Number.parseInt(five, 2).toString(32)) ?? [];
  // toString(32) has digits first, base32 of RFC 4648 letters.
  const spelled = letters.map((digit) => {
    const value = Number.parseInt(digit, 32);
    return value < 26 ? String.fromCodePoint(97 + value) : String(value - 24);
  });
  expect(ownerRef(key)).toBe(spelled.join(''));
  expect(ownerRef(key)).toMatch(/^[a-z2-7]{16}$/);
});

test('the member that registered a vehicle stands for the owner that it does not have', () => {
  expect(memberRef(parseMspId('MakerMSP'))).toBe('msp:MakerMSP');
});
