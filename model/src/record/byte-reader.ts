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
    const isNegative = (byte & 1) === 1;
    let value = (byte & 0x7e) / 2;
    for (let unit = 64; byte >= 0x80; unit *= 128) {
      byte = this.#next();
      value += (byte & 0x7f) * unit;
    }
    return isNegative ? -value - 1 : value;
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
