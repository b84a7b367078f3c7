import { describe, expect, test } from 'vitest';

import { errorCatalogue, isErrorCode } from './catalogue.ts';
import { PassportError } from './passport-error.ts';

const codes = Object.keys(errorCatalogue).filter(isErrorCode);

describe('the error catalogue', () => {
  // At least two words: the ledger client tells a code from an ordinary word by that.
  test.each(codes)('%s is spelled as clients read', (code) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
  });

  test.each(codes)('%s has a status of an error and a sentence', (code) => {
    const { status, retry, means } = errorCatalogue[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(['same-id', 'new-id', 'never']).toContain(retry);
    expect(means).toMatch(/^[A-Z].*\S$/);
    expect(means.length).toBeLessThan(120);
  });

  test('says of no two codes the same', () => {
    expect(new Set(codes.map((code) => errorCatalogue[code].means)).size).toBe(codes.length);
  });

  test.each(['', 'VID', 'vid_invalid', 'toString', '__proto__', 'NO_SUCH_CODE'])(
    '%j is no code',
    (text) => {
      expect(isErrorCode(text)).toBe(false);
    },
  );
});

describe('a PassportError', () => {
  test('begins its message with its code, and ends it with the place', () => {
    const error = new PassportError('VID_INVALID', 'too short', '/events/3/vid');
    expect(error.message).toBe('VID_INVALID: too short (at /events/3/vid)');
    expect(new PassportError('VID_INVALID', 'too short').message).toBe('VID_INVALID: too short');
    expect(error).toMatchObject({ detail: 'too short', pointer: '/events/3/vid', retry: 'never' });
    expect(new PassportError('CLOCK_SKEWED', 'by a day').retry).toBe('new-id');
  });
});
