import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ObjectStoreError } from './object-store-error.ts';

/** What of the answer to a get is read here. */
type Answer = {
  readonly Body?: unknown;
  readonly ContentLength?: number | undefined;
};

/** The whole body. Throws OBJECT_STORE_UNAVAILABLE where the connection broke. */
export async function readAll(answer: Answer): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  await whole(answer, async (body) => {
    let bytes = 0;
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).byteLength;
    }
    return bytes;
  });
  return Buffer.concat(chunks);
}

/** Writes the whole body to a new file and answers its size in bytes; throws as {@link readAll}. */
export async function writeTo(answer: Answer, path: string): Promise<number> {
  return whole(answer, async (body) => {
    const file = createWriteStream(path, { flags: 'wx' });
    await pipeline(body, file);
    return file.bytesWritten;
  });
}

async function whole(answer: Answer, read: (body: Readable) => Promise<number>): Promise<number> {
  const { Body: body, ContentLength: announced } = answer;
  if (!(body instanceof Readable)) throw new TypeError('an answer without a stream');
  const bytes = await read(body);
  if (announced !== undefined && bytes !== announced) {
    const message = `${bytes} bytes came in place of ${announced}`;
    throw new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', message);
  }
  return bytes;
}
