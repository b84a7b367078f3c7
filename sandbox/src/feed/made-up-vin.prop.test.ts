import { hasValidCheckDigit, normaliseVin } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { madeUpVin } from './made-up-vin.ts';

test('a made-up VIN is a VIN, the same one each time, and each vehicle has its own', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), (names) => {
      const vins = names.map(madeUpVin);
      expect(new Set(vins).size).toBe(names.length);
      expect(names.map(madeUpVin)).toEqual(vins);
      for (const vin of vins) {
        expect(normaliseVin(vin)).toBe(vin);
        expect(hasValidCheckDigit(vin)).toBe(true);
      }
    }),
  );
});
