import type { ByteReader } from './byte-reader.ts';
import { readAll } from './read-all.ts';
import { rowSchema } from './schema.ts';

/** What a field of a line is; what is optional has the number of its branch before it, 0 for null. */
const NUMBER = 0;
const TEXT = 1;
const VID = 2;
const OPTIONAL_NUMBER = 3;
const OPTIONAL_TEXT = 4;

/** Of each field in turn. */
const plan = Uint8Array.from(rowSchema.fields, ({ name, type }) => {
  if (name === 'vid') return VID;
  if (typeof type === 'string') return type === 'string' ? TEXT : NUMBER;
  return type[1] === 'string' ? OPTIONAL_TEXT : OPTIONAL_NUMBER;
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
  for (let field = 0; field < plan.length; field += 1) {
    const what = plan[field];
    if (what === NUMBER) reader.skipWhole();
    else if (what === TEXT) reader.skip(reader.whole());
    else if (what === VID) {
      const length = reader.whole();
      isOwn = length === vid.length && isAt(reader.offset, vid, bytes);
      reader.skip(length);
    } else if (reader.whole() !== 0) {
      if (what === OPTIONAL_NUMBER) reader.skipWhole();
      else reader.skip(reader.whole());
    }
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
