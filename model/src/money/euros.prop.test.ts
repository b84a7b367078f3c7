import fc from 'fast-check';
import { expect, test } from 'vitest';

import { eurosOfMicro, MICRO_PER_CENT, microOfEuros, parseEuros } from './euros.ts';

test('whole cents come back from euros, whatever they come to', () => {
  const cents = fc.bigInt({ min: 0n, max: 99_999_999_999_999n });
  fc.assert(
    fc.property(cents, (count) => {
      const micro = count * MICRO_PER_CENT;
      expect(microOfEuros(parseEuros(eurosOfMicro(micro)))).toBe(micro);
    }),
  );
});

test('euros without cents are the same as with .00', () => {
  expect(microOfEuros(parseEuros('25'))).toBe(25_000_000n);
  expect(microOfEuros(parseEuros('25.05'))).toBe(25_050_000n);
});

test.each(['', '-1', '1.5', '1,50', '01', '1e3', ' 1', '1.005', '1234567890123'])(
  'are not read from %j',
  (text) => {
    expect(() => parseEuros(text)).toThrow(/EUROS_INVALID/);
  },
);

test('parts of a cent are not spelled', () => {
  expect(() => eurosOfMicro(MICRO_PER_CENT + 1n)).toThrow(RangeError);
  expect(() => eurosOfMicro(-MICRO_PER_CENT)).toThrow(RangeError);
});
