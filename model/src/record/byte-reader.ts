/** A byte from here on says that the number goes on. */
const MORE = 0x80;

/** Numbers of fewer bits are read by operations on 32 bits. */
const SHORT_BITS_MAX = 28;

/** Reads what a ByteWriter has written. Throws RangeError where it ends within a value. */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** So many bytes were read. */
  get offset(): number {
    return this.#offset;
  }

  whole(): number {
    let byte = this.#next();
    // Most are short.
    if (byte < MORE) return (byte >>> 1) ^ -(byte & 1);
    const isNegative = (byte & 1) === 1;
    let value = (byte & 0x7e) / 2;
    for (let unit = 64; byte >= 0x80; unit *= 128) {
      byte = this.#next();
      value += (byte & 0x7f) * unit;
    }
    return isNegative ? -value - 1 : value;
  }

  /** So many whole numbers, into an array from a place on; a number that it does not take is cut as arrays do. */
  wholes(count: number, into: Int32Array | Float64Array, from: number): void {
    const bytes = this.#bytes;
    let at = this.#offset;
    for (let place = from; place < from + count; place += 1) {
      let byte = bytes[at] ?? MORE;
      let zigzag = byte & 0x7f;
      let next = at + 1;
      for (let bits = 7; byte >= MORE && bits < SHORT_BITS_MAX; bits += 7) {
        byte = bytes[next++] ?? MORE;
        zigzag |= (byte & 0x7f) << bits;
      }
      if (byte < MORE) into[place] = (zigzag >>> 1) ^ -(zigzag & 1);
      else {
        // A long one, or the end.
        this.#offset = at;
        into[place] = this.whole();
        next = this.#offset;
      }
      at = next;
    }
    this.#offset = at;
  }

  text(): string {
    const bytes = this.whole();
    const from = this.#offset;
    this.skip(bytes);
    return this.#bytes.toString('utf8', from, this.#offset);
  }

  /**
   * How many items the next block of an array has; 0 behind the last one (Avro, specification 1.12, "Binary Encoding").
   */
  items(): number {
    const count = this.whole();
    // A negative number says that their size follows.
    if (count < 0) this.skipWhole();
    return Math.abs(count);
  }

  /** Reads over a whole number. */
  skipWhole(): void {
    while (this.#next() >= 0x80);
  }

  /** Reads over so many bytes. */
  skip(bytes: number): void {
    const end = this.#offset + bytes;
    // Also where the number is negative, or none.
    if (!(bytes >= 0 && end <= this.#bytes.length)) throw new RangeError('it ends too early');
    this.#offset = end;
  }

  #next(): number {
    const byte = this.#bytes[this.#offset++];
    if (byte === undefined) throw new RangeError('it ends too early');
    return byte;
  }
}
