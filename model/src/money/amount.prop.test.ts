import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parse } from '../wire/parse.ts';
import {
  amount,
  amountOf,
  formatMicro,
  MICRO_PER_UNIT,
  parseAmount,
  positiveAmount,
} from './amount.ts';

const MICRO_MAX = 10n ** 30n - 1n;
const micro = fc.bigInt(0n, MICRO_MAX);

describe('an amount', () => {
  test('is spelled in one way, which reads back as the same minor units', () => {
    fc.assert(
      fc.property(micro, (value) => {
        expect(parseAmount(amountOf(value))).toBe(value);
      }),
    );
  });

  test('of any other spelling is refused', () => {
    const almost = fc.stringMatching(/^[ +-]?[0-9]{0,32}[.eE_nx ]?[0-9a]{0,3}$/);
    fc.assert(
      fc.property(fc.oneof(almost, fc.string()), (text) => {
        const isSpelling = text.length <= 30 && /^[0-9]+$/.test(text) && !/^0./.test(text);
        const read = () => parseAmount(text);
        if (isSpelling) expect(read()).toBe(BigInt(text));
        else expect(read).toThrow(/^AMOUNT_INVALID: /);
      }),
    );
  });

  test.each(['10abc', '-1', '1e3', '01', '', '1.5', '+1', ' 1', '1\n', '0x1', '1'.repeat(31), '١'])(
    '%j is none',
    (text) => {
      expect(() => parseAmount(text)).toThrow(/^AMOUNT_INVALID: /);
    },
  );

  test.each([10, 1.5, 10n, null, undefined, ['1'], {}, true])('%s is none', (value) => {
    expect(() => parse(amount, value)).toThrow(/^AMOUNT_INVALID: /);
  });

  test('has 30 digits at most and is not below nothing', () => {
    expect(amountOf(MICRO_MAX)).toHaveLength(30);
    expect(() => amountOf(MICRO_MAX + 1n)).toThrow(RangeError);
    expect(() => amountOf(-1n)).toThrow(RangeError);
  });

  test('of nothing is refused where something is paid, with a code of its own', () => {
    expect(parse(positiveAmount, '1')).toBe('1');
    expect(() => parse(positiveAmount, '0')).toThrow(/^AMOUNT_ZERO: /);
    expect(() => parse(positiveAmount, '00')).toThrow(/^AMOUNT_INVALID: /);
  });
});

describe('minor units for people', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000001'],
    [1_500_000n, '1.5'],
    [2_000_000n, '2'],
    [-1_500_000n, '-1.5'],
    [-1n, '-0.000001'],
  ])('%s is %s', (value, text) => {
    expect(formatMicro(value)).toBe(text);
  });

  test('lose nothing', () => {
    fc.assert(
      fc.property(fc.bigInt(-MICRO_MAX, MICRO_MAX), (value) => {
        const [whole = '', fraction = ''] = formatMicro(value).replace('-', '').split('.');
        const size = BigInt(whole) * MICRO_PER_UNIT + BigInt(fraction.padEnd(6, '0'));
        expect(formatMicro(value).startsWith('-') ? -size : size).toBe(value);
      }),
    );
  });
});
