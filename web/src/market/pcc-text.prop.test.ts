import fc from 'fast-check';
import { expect, test } from 'vitest';

import { microInPcc, pccOf } from './pcc-text.ts';

test('microInPcc, what pccOf has written: it is the same again', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 17n), (micro) => {
      expect(microInPcc(pccOf(micro))).toBe(micro);
      expect(microInPcc(` ${pccOf(String(micro))} `)).toBe(micro);
    }),
  );
});

test.each(['', '0', '-1', '1,5', '0.0000001', '1e3', 'two'])(
  'microInPcc, %s: it is none',
  (text) => {
    expect(microInPcc(text)).toBeUndefined();
  },
);
