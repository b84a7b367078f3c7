const FIRST_CAPACITY = 4096;

/** Bytes of the longest whole number. */
const WHOLE_BYTES_MAX = 8;

/** A byte from here on says that the number goes on. */
const MORE = 0x80;

/** Bytes of UTF-8 for a code unit of a text. */
const UTF8_BYTES_MAX = 3;

/** Shorter texts are copied letter by letter, which takes less than a call out of JavaScript. */
const SHORT_TEXT = 64;

/**
 * Writes whole numbers and texts one behind the other, as Avro does: a number zigzag in LEB128, its sign
 * the lowest bit; a text as its number of bytes in UTF-8, then these. Source: Apache Avro 1.12
 * specification, "Binary encoding".
 */
export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #length = 0;

  /** Throws RangeError where it is no safe integer. */
  whole(value: number): void {
    this.#makeRoom(WHOLE_BYTES_MAX);
    if (value === (value | 0)) {
      // Most are of 32 bits: then it goes by operations on these.
      let zigzag = (value << 1) ^ (value >> 31);
      for (; (zigzag & ~0x7f) !== 0; zigzag >>>= 7) {
        this.#bytes[this.#length++] = (zigzag & 0x7f) | MORE;
      }
      this.#bytes[this.#length++] = zigzag;
      return;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number`);
    let rest = value < 0 ? -value - 1 : value;
    let byte = (rest % 64) * 2 + (value < 0 ? 1 : 0);
    for (rest = Math.floor(rest / 64); rest > 0; rest = Math.floor(rest / 128)) {
      this.#bytes[this.#length++] = byte | MORE;
      byte = rest % 128;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** A number of 32 bits. Throws RangeError where it is none. */
  int(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} is no number of 32 bits`);
    this.whole(value);
  }

  /** A text of well-formed Unicode. */
  text(value: string): void {
    const start = this.#length;
    const { length } = value;
    this.whole(length);
    this.#makeRoom(length * UTF8_BYTES_MAX);
    if (length < SHORT_TEXT ? this.#short(value, length) : this.#long(value, length)) return;
    this.#length = start;
    this.whole(Buffer.byteLength(value));
    this.#makeRoom(length * UTF8_BYTES_MAX);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Whether it was a text of ASCII, each letter a byte; nothing is written of any other. */
  #short(value: string, length: number): boolean {
    const bytes = this.#bytes;
    let to = this.#length;
    for (let place = 0; place < length; place += 1) {
      const code = codeAt(value, place);
      if (code >= 0x80) return false;
      bytes[to++] = code;
    }
    this.#length = to;
    return true;
  }

  #long(value: string, length: number): boolean {
    const bytes = this.#bytes.write(value, this.#length);
    if (bytes !== length) return false;
    this.#length += bytes;
    return true;
  }

  /** So many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** What was written: a view, good until more is. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew. */
  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written; the next begins anew. */
  take(): Uint8Array {
    const taken = Buffer.from(this.written);
    this.clear();
    return taken;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/**
 * What `text.charCodeAt(place)` answers. V8 has texts of more sorts than a call site remembers: it would look the method
 * up for each letter.
 */
function codeAt(text: string, place: number): number {
  return String.prototype.charCodeAt.call(text, place);
}
