import fc from 'fast-check';
import { expect, test } from 'vitest';

import { vinCommitment } from './commitments.ts';
import { compareVin } from './compare-vin.ts';

const character = fc.constantFrom(...'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'.split(''));
const vins = fc.array(character, { minLength: 17, maxLength: 17 }).map((all) => all.join(''));
const salts = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
  return Buffer.from(bytes).toString('base64url');
});

test('a VIN is the same as itself however it is written, and as no other; shown, or by its number', () => {
  fc.assert(
    fc.property(vins, vins, salts, salts, fc.boolean(), (vin, other, salt, wrong, isShown) => {
      fc.pre(vin !== other && salt !== wrong);
      const certificate = {
        claims: { vin: vinCommitment(salt, vin) },
        shown: isShown ? { salt, vin } : undefined,
      };
      const number = isShown ? undefined : salt;
      const written = ` ${vin.slice(0, 3)}-${vin.slice(3).toLowerCase()} `;
      expect(compareVin(certificate, { vin: written, salt: number })).toBe('same');
      expect(compareVin(certificate, { vin: other, salt: number })).toBe('other');
      expect(compareVin(certificate, { vin })).toBe(isShown ? 'same' : 'sealed');
      if (!isShown) expect(compareVin(certificate, { vin, salt: wrong })).toBe('other');
    }),
  );
});

test('without a VIN in the certificate, or on the car, nothing is compared', () => {
  const vin = 'WVWZZZ1JZXW000001';
  expect(compareVin({ claims: {}, shown: undefined }, { vin })).toBe('uncommitted');
  const certificate = { claims: { vin: vinCommitment('s', vin) }, shown: undefined };
  expect(compareVin(certificate, { vin: vin.slice(1), salt: 's' })).toBe('no-vin');
  expect(compareVin(certificate, { vin, salt: ' ' })).toBe('sealed');
});
