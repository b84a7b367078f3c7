import { PassportError } from '../errors/passport-error.ts';
import { ByteReader } from './byte-reader.ts';
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
  const found: Uint8Array[] = [];
  const reader = new ByteReader(bytes);
  try {
    // An array is blocks of items, each behind their number, the last one empty.
    for (let count = reader.whole(); count !== 0; count = reader.whole()) {
      // A negative number says that their size follows.
      if (count < 0) reader.skipWhole();
      for (let item = Math.abs(count); item > 0; item -= 1) {
        const start = reader.offset;
        if (isLineOf(vid, reader, bytes)) found.push(bytes.subarray(start, reader.offset));
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PassportError('RECORD_UNREADABLE', error.message);
  }
  if (reader.isAtEnd) return found;
  throw new PassportError('RECORD_UNREADABLE', 'it ends too late');
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
