import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { PassportError } from '../errors/passport-error.ts';
import { paymentPayload, readX402, writeX402 } from './x402.ts';

const anything = z.record(z.string(), z.unknown());

test('what is written into a header is read from it, and the header is ASCII', () => {
  const contents = fc.record({
    text: fc.string({ unit: 'binary', maxLength: 100 }),
    more: fc.jsonValue({ maxDepth: 2 }),
  });
  fc.assert(
    fc.property(contents, (content) => {
      const json = JSON.stringify(content);
      fc.pre(json.length < 2_000);
      const header = writeX402(content);
      expect(header).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
      expect(readX402(anything, header)).toEqual(JSON.parse(json));
    }),
  );
});

test('whatever comes in a header is read or refused with a code', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.json().map((json) => btoa(json.replaceAll(/[^\x20-\x7e]/g, ''))),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        readX402(paymentPayload, text);
      } catch (error) {
        expect(error).toBeInstanceOf(PassportError);
      }
    }),
  );
});
