import { describe, expect, test } from 'vitest';

import { type HpkeContext, hpkeOf, SCALAR_BYTES } from './hpke-of.ts';
import * as browser from './platform/browser.ts';
import * as node from './platform/node.ts';
import { publicKeyOfScalar } from './sealing-key.ts';
import { rfc9180Vector as vector } from './testing/rfc-9180-vector.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (of: Uint8Array | undefined): string => Buffer.from(of ?? []).toString('hex');
const info = bytes(vector.info);

describe.each([['Node', node] as const, ['a browser', browser] as const])(
  'HPKE as suite 1 uses it, by what %s has and the test vector of RFC 9180',
  (_, platform) => {
    const { deriveKeys, setupReader, setupSender } = hpkeOf(platform);

    function reader(): HpkeContext {
      const context = setupReader(bytes(vector.skRm), bytes(vector.enc), info);
      if (context === undefined) throw new Error('the vector’s key was refused');
      return context;
    }

    const sender = () =>
      setupSender(publicKeyOfScalar(bytes(vector.skRm)), info, () => bytes(vector.ikmE));

    test('derives the key pair', () => {
      const { scalar, point } = deriveKeys(bytes(vector.ikmR));
      expect([hex(scalar), hex(point)]).toEqual([vector.skRm, vector.pkRm]);
      const { x, y } = publicKeyOfScalar(bytes(vector.skRm));
      expect(`04${Buffer.from(x + y, 'base64url').toString('hex')}`.slice(0, 66)).toBe(
        vector.pkRm.slice(0, 66),
      );
      expect(Buffer.from(y, 'base64url').toString('hex')).toBe(vector.pkRm.slice(66));
    });

    test('encapsulates and exports', () => {
      const { enc, context } = sender();
      expect(hex(enc)).toBe(vector.enc);
      for (const { exporter_context, L, exported_value } of vector.exports) {
        expect(hex(context.export(bytes(exporter_context), L))).toBe(exported_value);
        expect(hex(reader().export(bytes(exporter_context), L))).toBe(exported_value);
      }
      expect(() => context.export(bytes(''), 33)).toThrow(RangeError);
    });

    test('seals and opens its first message, which is the only one', () => {
      const [{ at, aad, pt, ct }] = vector.encryptions;
      expect(at).toBe(0);
      expect(hex(sender().context.seal(bytes(pt), bytes(aad)))).toBe(ct);
      expect(hex(reader().open(bytes(ct), bytes(aad)))).toBe(pt);
    });

    test('opens nothing that is another message, changed or cut short', () => {
      const [{ aad, ct }, other] = vector.encryptions;
      expect(reader().open(bytes(other.ct), bytes(other.aad))).toBeUndefined();
      expect(reader().open(bytes(ct), bytes(other.aad))).toBeUndefined();
      for (const length of [0, 15, 16, bytes(ct).length - 1]) {
        expect(reader().open(bytes(ct).subarray(0, length), bytes(aad))).toBeUndefined();
      }
    });

    test('takes no scalar and no point that is none', () => {
      for (const wrong of ['00'.repeat(SCALAR_BYTES), 'ff'.repeat(SCALAR_BYTES), '01', '']) {
        expect(setupReader(bytes(wrong), bytes(vector.enc), info)).toBeUndefined();
        expect(() => publicKeyOfScalar(bytes(wrong))).toThrow(RangeError);
      }
      const offCurve = `${vector.enc.slice(0, -2)}e1`;
      for (const wrong of ['', '00', '04'.repeat(65), offCurve, vector.enc.slice(0, 66)]) {
        expect(setupReader(bytes(vector.skRm), bytes(wrong), info)).toBeUndefined();
      }
      const { x, y } = publicKeyOfScalar(bytes(vector.skRm));
      const noPoint = { kty: 'EC', crv: 'P-256', x: y, y: x } as const;
      expect(() => setupSender(noPoint, info, () => bytes(vector.ikmE))).toThrow(
        /^PUBLIC_KEY_INVALID: /,
      );
    });
  },
);
