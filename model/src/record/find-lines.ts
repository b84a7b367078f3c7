import { PassportError } from '../errors/passport-error.ts';
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
  const reader = new LineReader(bytes);
  for (;;) {
    // An array is blocks of items, each behind their number, the last one empty.
    const count = reader.number();
    if (count === 0) break;
    // A negative number says that their size follows.
    if (count < 0) reader.number();
    for (let item = Math.abs(count); item > 0; item -= 1) {
      const start = reader.offset;
      if (reader.lineIsOf(vid)) found.push(bytes.subarray(start, reader.offset));
    }
  }
  if (reader.offset === bytes.length) return found;
  throw new PassportError('RECORD_UNREADABLE', 'it ends too late');
}

/** Reads on from where it is. */
class LineReader {
  readonly #bytes: Uint8Array;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads over a line, and says whether it is of a vehicle. */
  lineIsOf(vid: Uint8Array): boolean {
    let isOwn = false;
    for (const { isVid, isText, isOptional } of fields) {
      if (isOptional && this.number() === 0) continue;
      if (!isText) {
        this.#skipNumber();
        continue;
      }
      const length = this.number();
      if (isVid) isOwn = length === vid.length && this.#isHere(vid);
      this.offset += length;
      // Also where the length is negative, or larger than all that there is.
      if (!(length >= 0 && this.offset <= this.#bytes.length)) throw tooEarly();
    }
    return isOwn;
  }

  /** A number, the lowest seven bits first, its sign in the lowest bit of all. */
  number(): number {
    let [folded, scale] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.offset];
      if (byte === undefined) throw tooEarly();
      this.offset += 1;
      folded += (byte & 0x7f) * scale;
      if (byte < 0x80) return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      scale *= 0x80;
    }
  }

  #skipNumber(): void {
    while ((this.#bytes[this.offset] ?? 0) >= 0x80) this.offset += 1;
    if (this.offset >= this.#bytes.length) throw tooEarly();
    this.offset += 1;
  }

  /** Vids differ early: mostly this looks at one byte. */
  #isHere(text: Uint8Array): boolean {
    for (let place = 0; place < text.length; place += 1) {
      if (this.#bytes[this.offset + place] !== text[place]) return false;
    }
    return true;
  }
}

function tooEarly(): PassportError {
  return new PassportError('RECORD_UNREADABLE', 'it ends too early');
}
