import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { PassportError } from '../errors/passport-error.ts';
import { coded, codedChoice, codedText, parse, parseJson } from './parse.ts';

const colour = codedChoice('KIND_UNKNOWN', ['red', 'green']);
const plate = codedText('REFERENCE_INVALID', /^[A-Z]{2}$/);
const even = coded('AMOUNT_INVALID', (value): value is number => Number(value) % 2 === 0);
const car = z.strictObject({
  colour,
  plates: z.array(plate),
  seats: even,
  byDay: z.record(plate, even),
});
const good = { colour: 'red', plates: ['AB'], seats: 4, byDay: { AB: 2 } };

function refusalOf(call: () => unknown): PassportError {
  try {
    call();
  } catch (error) {
    if (error instanceof PassportError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('parse', () => {
  test('answers what it has read', () => {
    expect(parse(car, good)).toEqual(good);
    expect(parseJson(car, JSON.stringify(good))).toEqual(good);
  });

  test.each([
    ['KIND_UNKNOWN', '/colour', { ...good, colour: 'blue' }],
    ['KIND_UNKNOWN', '/colour', { ...good, colour: undefined }],
    ['REFERENCE_INVALID', '/plates/1', { ...good, plates: ['AB', 'x', 'y'] }],
    ['REFERENCE_INVALID', '/plates/0', { ...good, plates: [7] }],
    ['AMOUNT_INVALID', '/seats', { ...good, seats: 3 }],
    ['AMOUNT_INVALID', '/byDay/AB', { ...good, byDay: { AB: 1 } }],
    ['REFERENCE_INVALID', '/byDay/a~1b~0', { ...good, byDay: { 'a/b~': 2 } }],
    ['REQUEST_MALFORMED', '/plates', { ...good, plates: 'AB' }],
    ['REQUEST_MALFORMED', undefined, { ...good, more: 1 }],
    ['REQUEST_MALFORMED', undefined, null],
  ])('answers %s at %s', (code, pointer, value) => {
    const error = refusalOf(() => parse(car, value));
    expect([error.code, error.pointer]).toEqual([code, pointer]);
  });

  test('uses the code that it is told where the schema has none', () => {
    expect(refusalOf(() => parse(car, null, 'GRANT_INVALID')).code).toBe('GRANT_INVALID');
    expect(refusalOf(() => parse(car, { ...good, seats: 1 }, 'GRANT_INVALID')).code).toBe(
      'AMOUNT_INVALID',
    );
    for (const text of ['', '{', "{'a':1}", 'undefined', '{"a":1}x']) {
      expect(refusalOf(() => parseJson(car, text, 'GRANT_INVALID')).code).toBe('GRANT_INVALID');
    }
  });

  test('does not repeat what it was given', () => {
    const secret = 'WP0ZZZ99ZTS392124';
    for (const value of [{ ...good, colour: secret }, { ...good, seats: secret }, secret]) {
      expect(refusalOf(() => parse(car, value)).message).not.toContain(secret);
    }
    expect(refusalOf(() => parseJson(car, secret)).message).not.toContain(secret);
  });
});
