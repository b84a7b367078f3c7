import { constants, zstdCompressSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { unpackedBytes } from './unpacked-bytes.ts';

const lengths = fc.oneof(
  fc.constantFrom(0, 1, 255, 256, 65_535, 65_791, 65_792, 1_000_000),
  fc.nat(1000),
);

test('a frame says how many bytes it unpacks to', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 19 }), (length, level) => {
      const params = { [constants.ZSTD_c_compressionLevel]: level };
      const frame = zstdCompressSync(Buffer.alloc(length, 'abc'), { params });
      expect(unpackedBytes(frame)).toBe(length);
    }),
    { numRuns: 50 },
  );
});

test('a frame that does not say it, or is none, says nothing', () => {
  const params = { [constants.ZSTD_c_contentSizeFlag]: 0 };
  expect(unpackedBytes(zstdCompressSync(Buffer.alloc(300), { params }))).toBeUndefined();
  for (const bytes of ['', '28b52ffd', '28b52ffda0', '28b52ffda0ff']) {
    expect(unpackedBytes(Buffer.from(bytes, 'hex'))).toBeUndefined();
  }
});
