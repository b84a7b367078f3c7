import type { SealedField } from '@passport/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { encEndIn, ENC_CHARACTERS, epochIn } from './envelope-text.ts';
import { ENVELOPE_OVERHEAD_BYTES } from './envelope.ts';

const EPOCH_AT = 2;
/** The last byte of `enc`. */
const ENC_LAST = 70;

const envelope = fc.uint8Array({
  minLength: ENVELOPE_OVERHEAD_BYTES,
  maxLength: ENVELOPE_OVERHEAD_BYTES + 40,
});

function textOf(bytes: Uint8Array): SealedField {
  return Buffer.from(bytes).toString('base64url') as SealedField;
}

test('what is read off the text of an envelope is what its bytes say', () => {
  fc.assert(
    fc.property(envelope, (bytes) => {
      const field = textOf(bytes);
      expect(epochIn(field)).toBe(Buffer.from(bytes).readUInt32BE(EPOCH_AT));
      expect(encEndIn(field)).toBe((bytes[ENC_LAST] ?? 0) % 16);
    }),
  );
});

test('envelopes have the same start and end of an encapsulation where its bytes are the same, else not', () => {
  fc.assert(
    fc.property(envelope, fc.nat(ENVELOPE_OVERHEAD_BYTES - 1), (bytes, at) => {
      const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      const [one, other] = [textOf(bytes), textOf(changed)];
      const isSame =
        one.slice(0, ENC_CHARACTERS) === other.slice(0, ENC_CHARACTERS) &&
        encEndIn(one) === encEndIn(other);
      expect(isSame).toBe(at > ENC_LAST);
    }),
  );
});

test('a text that is too short for an epoch names none', () => {
  expect(epochIn('AQEAAAA' as SealedField)).toBe(0);
  expect(epochIn('' as SealedField)).toBe(0);
});
