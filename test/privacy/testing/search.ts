import { zstdDecompressSync } from 'node:zlib';

import type { Needle } from './needles.ts';

/** What lies somewhere, and where. */
export type Hay = { readonly where: string; readonly bytes: Buffer };

/** First bytes of a zstd frame (RFC 8878, section 3.1.1). */
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Where needles are found, in what is compressed with zstd too; each needle of each place once. */
export async function findIn(
  hay: AsyncIterable<Hay>,
  needles: readonly Needle[],
): Promise<{ readonly found: string[]; readonly bytes: number }> {
  const found = new Set<string>();
  let read = 0;
  for await (const { where, bytes } of hay) {
    for (const part of [bytes, ...unpacked(bytes)]) {
      read += part.length;
      for (const needle of needles) {
        if (part.includes(needle.bytes)) found.add(`${needle.of}: ${where}`);
      }
    }
  }
  return { found: [...found].sort(), bytes: read };
}

/** What frames of zstd in it hold. */
function* unpacked(bytes: Buffer): Generator<Buffer> {
  for (let at = bytes.indexOf(ZSTD_MAGIC); at >= 0; at = bytes.indexOf(ZSTD_MAGIC, at + 1)) {
    try {
      yield zstdDecompressSync(bytes.subarray(at));
    } catch {
      // Four bytes that happened to look like it, or the rest of a frame that was written over.
      continue;
    }
  }
}
