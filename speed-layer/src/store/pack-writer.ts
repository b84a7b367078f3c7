import { copyBytes, wordsOf } from '@passport/model';

const FIRST_CAPACITY = 64 * 1024;

/** Marks of MessagePack, as its specification names them. */
const [ARRAY_32, STR_16, STR_32] = [0xdd, 0xda, 0xdb];
const [UINT_8, UINT_16, UINT_32, UINT_64] = [0xcc, 0xcd, 0xce, 0xcf];
const [INT_32, INT_64] = [0xd2, 0xd3];
const [FIXARRAY, FIXARRAY_MAX, FIXINT_MAX, BYTE_MAX, SHORT_MAX] = [0x90, 15, 0x7f, 0xff, 0xffff];
const [ARRAY_16, INT_BYTES_MAX, UNIT] = [0xdc, 9, 2 ** 32];

/**
 * Writes MessagePack as the scripts of Redis read it (cmsgpack): lists, texts that may be any bytes, whole numbers. What
 * lies in bytes already is copied, and becomes no text on its way. Source: the MessagePack specification.
 */
export class PackWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #words = wordsOf(this.#bytes);
  #length = 0;

  /** Begins a list whose number of items is not known yet; answers what {@link endList} has to be told. */
  beginList(): number {
    this.#makeRoom(5);
    this.#bytes[this.#length] = ARRAY_32;
    this.#length += 5;
    return this.#length;
  }

  endList(began: number, items: number): void {
    this.#bytes.writeUInt32BE(items, began - 4);
  }

  /** A text, the bytes of some others. */
  text(words: DataView, start: number, end: number): void {
    this.#makeRoom(5 + end - start);
    const own = this.#words;
    own.setUint8(this.#length, STR_32);
    own.setUint32(this.#length + 1, end - start);
    this.#length += 5;
    copyBytes(words, start, end, own, this.#length);
    this.#length += end - start;
  }

  /** A list of whole numbers, so many of an array from a place on, as the bytes of a text. */
  numbers(values: Float64Array, from: number, count: number): void {
    if (count > SHORT_MAX / INT_BYTES_MAX - 1) throw new RangeError(`a list of ${count} numbers`);
    this.#makeRoom(6 + count * INT_BYTES_MAX);
    const start = this.#length + 3;
    this.#length = start;
    if (count <= FIXARRAY_MAX) this.#bytes[this.#length++] = FIXARRAY | count;
    else {
      this.#bytes[this.#length] = ARRAY_16;
      this.#length = this.#bytes.writeUInt16BE(count, this.#length + 1);
    }
    for (let place = from; place < from + count; place += 1) this.#whole(values[place] ?? 0);
    this.#bytes[start - 3] = STR_16;
    this.#bytes.writeUInt16BE(this.#length - start, start - 2);
  }

  /** A copy of what was written, in memory of its own; the next begins anew. */
  take(): Buffer {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return Buffer.from(taken.buffer);
  }

  /** A whole number. There is room for it. */
  #whole(value: number): void {
    const bytes = this.#bytes;
    const at = this.#length;
    if (value < 0) {
      if (value >= -(2 ** 31)) {
        bytes[at] = INT_32;
        this.#length = bytes.writeInt32BE(value, at + 1);
      } else {
        bytes[at] = INT_64;
        this.#length = bytes.writeBigInt64BE(BigInt(value), at + 1);
      }
    } else if (value <= FIXINT_MAX) {
      bytes[at] = value;
      this.#length = at + 1;
    } else if (value <= BYTE_MAX) {
      bytes[at] = UINT_8;
      bytes[at + 1] = value;
      this.#length = at + 2;
    } else if (value <= SHORT_MAX) {
      bytes[at] = UINT_16;
      bytes[at + 1] = value >> 8;
      bytes[at + 2] = value & BYTE_MAX;
      this.#length = at + 3;
    } else if (value < UNIT) {
      bytes[at] = UINT_32;
      this.#length = bytes.writeUInt32BE(value, at + 1);
    } else {
      bytes[at] = UINT_64;
      this.#length = bytes.writeUInt32BE(Math.floor(value / UNIT), at + 1);
      this.#length = bytes.writeUInt32BE(value % UNIT, this.#length);
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#bytes.length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#words = wordsOf(larger);
  }
}
