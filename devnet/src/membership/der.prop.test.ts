import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DerError, encodeDer, readDer, readDerList, readObjectIdentifier } from './der.ts';

describe('DER', () => {
  test('elements read back as they were written, whatever their length', () => {
    const elements = fc.array(
      fc.record({
        tag: fc.constantFrom(0x02, 0x04, 0x30, 0xa0),
        content: fc.uint8Array({ maxLength: 70_000, size: 'max' }),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(elements, (list) => {
        const bytes = Buffer.concat(list.map(({ tag, content }) => encodeDer(tag, content)));
        const read = readDerList(bytes);
        expect(read.map(({ tag }) => tag)).toEqual(list.map(({ tag }) => tag));
        expect(read.every(({ content }, i) => content.equals(list[i]?.content ?? bytes))).toBe(
          true,
        );
      }),
      { numRuns: 20 },
    );
  });

  test('that is cut short or made up is refused, never misread beyond its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        try {
          expect(readDer(Buffer.from(bytes)).raw.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
    );
  });

  test.each([
    ['indefinite length', [0x30, 0x80]],
    ['a long length for a short content', [0x04, 0x81, 0x01, 0x00]],
    ['a length with a leading zero', [0x04, 0x82, 0x00, 0x80]],
    ['a content shorter than announced', [0x04, 0x05, 0x00]],
    ['a tag of several bytes', [0x1f, 0x81, 0x01, 0x00]],
  ])('with %s is refused', (_name, bytes) => {
    expect(() => readDer(Buffer.from(bytes))).toThrow(DerError);
  });

  test('object identifiers are read in dotted form', () => {
    expect(readObjectIdentifier(Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]))).toBe(
      '1.2.840.10045.4.3.2',
    );
    expect(readObjectIdentifier(Buffer.from([0x55, 0x1d, 0x13]))).toBe('2.5.29.19');
  });
});
