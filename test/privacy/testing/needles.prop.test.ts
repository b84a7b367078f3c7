import { zstdCompressSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { needlesOf } from './needles.ts';
import { findIn, type Hay } from './search.ts';

const sought = 'Zdenka Wrzesniewska-Ötvös';

async function* once(bytes: Buffer): AsyncGenerator<Hay> {
  yield { where: 'here', bytes };
}

async function found(bytes: Buffer): Promise<string[]> {
  return (await findIn(once(bytes), needlesOf('name', sought))).found;
}

const encodings = ['utf8', 'utf16le', 'hex', 'base64', 'base64url'] as const;

test('a text is found wherever it lies in another one, however that is written, packed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(...encodings),
      fc.boolean(),
      async (before, after, encoding, isPacked) => {
        const whole = Buffer.from(`${before}${sought}${after}`);
        const isBytes = encoding === 'utf8' || encoding === 'utf16le';
        const written = isBytes
          ? Buffer.from(whole.toString('utf8'), encoding)
          : Buffer.from(whole.toString(encoding));
        const bytes = isPacked ? Buffer.concat([written, zstdCompressSync(written)]) : written;
        expect(await found(bytes)).not.toEqual([]);
        expect(
          await found(Buffer.concat([Buffer.from('x'), zstdCompressSync(written)])),
        ).not.toEqual([]);
      },
    ),
  );
});

test('what is not there is not found', async () => {
  expect(
    await found(Buffer.from(`Zdenka Wrzesniewska ${Buffer.from('x').toString('hex')}`)),
  ).toEqual([]);
});
