import type { ByteReader } from './byte-reader.ts';
import { readAll } from './read-all.ts';
import { rowSchema } from './schema.ts';

/** How a field of a line is read over; what is optional has the number of its branch before it, 0 for null. */
const fields = rowSchema.fields.map(({ name, type }) => {
  const [own, isOptional] = typeof type === 'string' ? [type, false] : [type[1], true];
  return { isVid: name === 'vid', isText: own === 'string', isOptional };
});

/**
 * Finds the lines of a vehicle in an array of {@link rowSchema}, in binary Avro (specification 1.12, "Binary
 * Encoding"): the bytes of each. Nothing is made of the others, which are most of them. Throws PassportError
 * `RECORD_UNREADABLE`.
 */
export function findLines(bytes: Uint8Array, vid: Uint8Array): Uint8Array[] {
  return readAll(bytes, (reader) => {
    const found: Uint8Array[] = [];
    for (let count = reader.items(); count !== 0; count = reader.items()) {
      for (let item = count; item > 0; item -= 1) {
        const start = reader.offset;
        if (isLineOf(vid, reader, bytes)) found.push(bytes.subarray(start, reader.offset));
      }
    }
    return found;
  });
}

/** Reads over a line, and says whether it is of a vehicle. */
function isLineOf(vid: Uint8Array, reader: ByteReader, bytes: Uint8Array): boolean {
  let isOwn = false;
  for (const { isVid, isText, isOptional } of fields) {
    if (isOptional && reader.whole() === 0) continue;
    if (!isText) {
      reader.skipWhole();
      continue;
    }
    const length = reader.whole();
    if (isVid) isOwn = length === vid.length && isAt(reader.offset, vid, bytes);
    reader.skip(length);
  }
  return isOwn;
}

/** Vids differ early: mostly this looks at one byte. */
function isAt(offset: number, text: Uint8Array, bytes: Uint8Array): boolean {
  for (let place = 0; place < text.length; place += 1) {
    if (bytes[offset + place] !== text[place]) return false;
  }
  return true;
}
