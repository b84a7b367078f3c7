import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { asksForCheckDigit, hasValidCheckDigit, normaliseVin, parseVin } from './vin.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPRSTUVWXYZ'.split('');
const DIGITS = '0123456789X'.split('');

const anyVin = fc
  .string({ unit: fc.constantFrom(...ALPHABET), minLength: 17, maxLength: 17 })
  .map(normaliseVin);

/** Letters count as the rows of 49 CFR 565.15, table III, say: each column one value. */
const rows = ['_ABCDEFGH_', '_JKLMN_P_R', '__STUVWXYZ'];
const valueOf = (character: string): number =>
  /\d/.test(character)
    ? Number(character)
    : Math.max(...rows.map((row) => row.indexOf(character)).filter((column) => column > 0));

/** A VIN with the check digit that its other characters ask for. */
const checkedVin = anyVin.map((vin) => {
  const right = DIGITS.filter((digit) =>
    hasValidCheckDigit(normaliseVin(vin.slice(0, 8) + digit + vin.slice(9))),
  );
  const [digit, ...more] = right;
  if (digit === undefined || more.length > 0)
    throw new Error(`${vin} has ${right.length} check digits`);
  return normaliseVin(vin.slice(0, 8) + digit + vin.slice(9));
});

describe('the check digit', () => {
  test.each([
    // Widely quoted examples: the worked one, the one of ones, and cars from the United States,
    // Japan and China.
    '1M8GDM9AXKP042788',
    '11111111111111111',
    '1HGCM82633A004352',
    '5GZCZ43D13S812715',
    'JH4TB2H26CC000000',
    'LJCPCBLCX11000237',
  ])('of %s is right, and no other digit would be', (text) => {
    const vin = normaliseVin(text);
    expect(hasValidCheckDigit(vin)).toBe(true);
    expect(parseVin(text)).toBe(text);
    const asked = asksForCheckDigit(vin);
    for (const digit of DIGITS.filter((other) => other !== vin[8])) {
      const wrong = vin.slice(0, 8) + digit + vin.slice(9);
      expect(hasValidCheckDigit(normaliseVin(wrong))).toBe(false);
      if (asked) expect(() => parseVin(wrong)).toThrow(/^VIN_CHECK_DIGIT_WRONG: /);
    }
  });

  test('a letter that is none of its eleven is never right', () => {
    fc.assert(
      fc.property(
        checkedVin,
        fc.constantFrom(...'ABCDEFGHJKLMNPRSTUVWYZ'.split('')),
        (vin, letter) => {
          const wrong = normaliseVin(vin.slice(0, 8) + letter + vin.slice(9));
          expect(hasValidCheckDigit(wrong)).toBe(false);
        },
      ),
    );
  });

  test('breaks with any one character of another value, and with no other of the same', () => {
    const places = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16);
    fc.assert(
      fc.property(checkedVin, places, fc.constantFrom(...ALPHABET), (vin, place, character) => {
        const changed = normaliseVin(vin.slice(0, place) + character + vin.slice(place + 1));
        const isSameValue = valueOf(character) === valueOf(vin[place] ?? '');
        expect(hasValidCheckDigit(changed)).toBe(isSameValue);
      }),
      { numRuns: 500 },
    );
  });

  test('breaks when two neighbours of different value change places, but for the ninth', () => {
    const places = fc.constantFrom(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15);
    fc.assert(
      fc.property(checkedVin, places, (vin, place) => {
        const [a = '', b = ''] = [vin[place], vin[place + 1]];
        fc.pre(valueOf(a) !== valueOf(b));
        const changed = normaliseVin(vin.slice(0, place) + b + a + vin.slice(place + 2));
        expect(hasValidCheckDigit(changed)).toBe(false);
      }),
    );
  });

  test('is asked for in North America and China only', () => {
    const wrong = (first: string) => normaliseVin(`${first}M8GDM9A1KP042789`);
    const asked = ALPHABET.filter((first) => asksForCheckDigit(wrong(first)));
    expect(asked.join('')).toBe('12345L');
    expect(parseVin('WP0ZZZ99ZTS392124')).toBe('WP0ZZZ99ZTS392124');
    expect(hasValidCheckDigit(normaliseVin('WP0ZZZ99ZTS392124'))).toBe(false);
  });
});

describe('normaliseVin', () => {
  test('takes small letters, blanks and dashes anywhere', () => {
    const noise = fc.array(fc.constantFrom(' ', '-', '\t', '\u00a0'), { maxLength: 3 });
    const noisy = fc.tuple(anyVin, fc.array(noise, { minLength: 17, maxLength: 17 }));
    fc.assert(
      fc.property(noisy, ([vin, noises]) => {
        const text = vin
          .split('')
          .map((c, i) => (noises[i] ?? []).join('') + c.toLowerCase())
          .join('');
        expect(normaliseVin(text)).toBe(vin);
      }),
    );
  });

  test.each([
    ['', '0 characters'],
    ['1M8GDM9AXKP04278', '16 characters'],
    ['1M8GDM9AXKP0427888', '18 characters'],
    ['1M8GDM9AXKPO42788', 'I, O and Q'],
    ['1M8GDM9AXKPI42788', 'I, O and Q'],
    ['1M8GDM9AXKPQ42788', 'I, O and Q'],
    ['1M8GDM9AXKP04278Ä', 'a character that no VIN has'],
    ['1M8GDM9AXKP0427ß', '16 characters'],
    ['1M8GDM9AXKP04278ſ', 'a character that no VIN has'],
    ['1M8GDM9AXKP04278８', 'a character that no VIN has'],
    ['1M8GDM9AXKP04_788', 'a character that no VIN has'],
  ])('%j is refused, and the answer does not repeat it', (text, says) => {
    const refused = () => normaliseVin(text);
    expect(refused).toThrow(/^VIN_INVALID: /);
    expect(refused).toThrow(says);
    if (text !== '') expect(refused).not.toThrow(text);
  });

  test('what has a wrong check digit is not repeated either', () => {
    expect(() => parseVin('1M8GDM9A1KP042788')).not.toThrow('042788');
  });
});
