import { generateKeyPairSync, sign } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeDer, readDerList, readDerOf, tag } from './der.ts';
import { isLowS, signLowS, toLowS, verifyLowS } from './ecdsa-signature.ts';
import { MembershipError } from './membership-error.ts';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

describe('an ECDSA signature', () => {
  test('that we make has a low S and fits its message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const signature = signLowS(privateKey, message);
        verifyLowS(publicKey, message, signature);
        expect(isLowS(signature)).toBe(true);
        expect(numbers(signature).s <= ORDER / 2n).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of any S becomes the same low one from both of its forms', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
        const signature = sign('sha256', message, privateKey);
        expect(toLowS(twin(signature))).toEqual(toLowS(signature));
        verifyLowS(publicKey, message, toLowS(signature));
        expect(isLowS(signature)).not.toBe(isLowS(twin(signature)));
      }),
      { numRuns: 200 },
    );
  });

  test('whose bits are changed is refused', () => {
    const message = Buffer.from('a message');
    const signature = signLowS(privateKey, message);
    fc.assert(
      fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
        const changed = Buffer.from(signature);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => verifyLowS(publicKey, message, changed)).toThrow(MembershipError);
      }),
      { numRuns: 300 },
    );
  });
});

describe('verifying a signature', () => {
  const message = Buffer.from('a message');
  const low = signLowS(privateKey, message);

  test('with a high S is refused in the words of Fabric', () => {
    const high = numbers(twin(low)).s;
    expect(() => verifyLowS(publicKey, message, twin(low))).toThrow(
      'could not determine the validity of the signature: Failed verifing with opts [<nil>]: ' +
        `Invalid S. Must be smaller than half the order [${high}][${ORDER / 2n}].`,
    );
  });

  test('of another message is refused', () => {
    expect(() => verifyLowS(publicKey, Buffer.from('another'), low)).toThrow(
      expect.objectContaining({
        code: 'invalid-signature',
        message: 'The signature is invalid',
      }),
    );
  });

  test('with bytes behind it is accepted, as Fabric does', () => {
    expect(() =>
      verifyLowS(publicKey, message, Buffer.concat([low, Buffer.from([1, 2, 3])])),
    ).not.toThrow();
  });

  test.each([
    ['no bytes', Buffer.alloc(0), 'Invalid signature. Cannot be empty.'],
    ['text', Buffer.from('signature'), 'failed unmashalling signature'],
    ['one number', encodeDer(tag.sequence, integer(5n)), 'failed unmashalling signature'],
    ['R of zero', encodeDer(tag.sequence, integer(0n), integer(5n)), 'R must be larger than zero'],
    ['S of zero', encodeDer(tag.sequence, integer(5n), integer(0n)), 'S must be larger than zero'],
    [
      'R above the order',
      encodeDer(tag.sequence, integer(1n << 300n), integer(5n)),
      'The signature is invalid',
    ],
  ])('of %s is refused', (_name, signature, text) => {
    expect(() => verifyLowS(publicKey, message, signature)).toThrow(text);
  });
});

function numbers(signature: Buffer): { r: bigint; s: bigint } {
  const [r = 0n, s = 0n] = readDerList(readDerOf(signature, tag.sequence).content).map(
    ({ content }) => BigInt(`0x${content.toString('hex')}`),
  );
  return { r, s };
}

/** The other signature that fits the same message. */
function twin(signature: Buffer): Buffer {
  const { r, s } = numbers(signature);
  return encodeDer(tag.sequence, integer(r), integer(ORDER - s));
}

function integer(value: bigint): Buffer {
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Buffer.from(even, 'hex');
  const needsZero = (bytes[0] ?? 0) >= 0x80;
  return encodeDer(tag.integer, needsZero ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}
