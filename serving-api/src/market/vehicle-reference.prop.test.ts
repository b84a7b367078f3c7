import { randomBytes } from 'node:crypto';

import { type KeyId, parseKeyId, PassportError, vidOfBytes } from '@passport/model';
import { pairwiseId } from '@passport/privacy';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openVehicleReference, vehicleReference } from './vehicle-reference.ts';

const key = randomBytes(32);
const vids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(vidOfBytes);
const buyers = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): KeyId => parseKeyId(Buffer.from(bytes).toString('base64url')));

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof PassportError ? error.code : error;
  }
};

test('a reference leads its buyer to the vehicle, and nobody else anywhere', () => {
  fc.assert(
    fc.property(vids, buyers, buyers, (vid, buyer, other) => {
      const reference = vehicleReference(key, buyer, vid);
      expect(openVehicleReference(key, buyer, reference)).toBe(vid);
      expect(vehicleReference(key, buyer, vid)).toBe(reference);
      fc.pre(buyer !== other);
      expect(codeOf(() => openVehicleReference(key, other, reference))).toBe('VEHICLE_UNKNOWN');
      expect(codeOf(() => openVehicleReference(randomBytes(32), buyer, reference))).toBe(
        'VEHICLE_UNKNOWN',
      );
      const apart = vehicleReference(key, other, vid);
      expect(apart.slice(2, 18)).not.toBe(reference.slice(2, 18));
      expect(apart).not.toContain(reference.slice(20, 40));
    }),
    { numRuns: 200 },
  );
});

test('what was changed, or is any other text, is no reference', () => {
  fc.assert(
    fc.property(vids, buyers, fc.nat({ max: 71 }), fc.string(), (vid, buyer, at, text) => {
      const reference = vehicleReference(key, buyer, vid);
      const letter = reference[at + 2] === 'A' ? 'B' : 'A';
      const changed = `${reference.slice(0, at + 2)}${letter}${reference.slice(at + 3)}`;
      for (const wrong of [changed, text, pairwiseId(key, vid), vid, `v-${text}`]) {
        expect(codeOf(() => openVehicleReference(key, buyer, wrong))).toBe('VEHICLE_UNKNOWN');
      }
    }),
    { numRuns: 200 },
  );
});
