import { free, grown } from './own-memory.ts';
import type { TextSpans } from './text-spans.ts';

/** Names that a table begins with room for, and bytes of them. */
const [NAMES_MIN, BYTES_MIN] = [256, 16 * 1024];

/** The prime of FNV-1a. */
const PRIME = 0x01000193;

/** Numbers names as they come, from 0 on. A name is bytes: no text is made of it, so none is garbage later. */
export class NameTable {
  #count = 0;
  /** Where names may be by their hash: a number and one more, 0 where none is. Half of it is free at least. */
  #slots = new Int32Array(2 * NAMES_MIN);
  #hashes = new Int32Array(NAMES_MIN);
  /** Ends in {@link #bytes}; a name begins where the one before ends. */
  #ends = new Int32Array(NAMES_MIN);
  #bytes = new Uint8Array(BYTES_MIN);

  get count(): number {
    return this.#count;
  }

  /** All names, one behind the other. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  startOf(number: number): number {
    return number === 0 ? 0 : this.endOf(number - 1);
  }

  endOf(number: number): number {
    return this.#ends[number] ?? 0;
  }

  /** All names, each at the place of its number; good until there is a new one. */
  spans(): TextSpans {
    const starts = new Int32Array(this.#count);
    if (this.#count > 0) starts.set(this.#ends.subarray(0, this.#count - 1), 1);
    return { bytes: this.#bytes, count: this.#count, starts, ends: this.#ends };
  }

  /** The number of a name; a new one's is the next. */
  numberOf({ bytes, starts, ends }: TextSpans, name: number): number {
    const [start, end] = [starts[name] ?? 0, ends[name] ?? 0];
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0) return this.#append(bytes, start, end, hash, slot);
      if (this.#hashes[number] === hash && this.#has(number, bytes, start, end)) return number;
      slot = (slot + 1) & mask;
    }
  }

  /** Gives its memory back: it has no names any more, and takes none. */
  free(): void {
    this.#count = 0;
    for (const array of [this.#slots, this.#hashes, this.#ends, this.#bytes]) free(array);
  }

  #has(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.startOf(number);
    if (this.endOf(number) - from !== end - start) return false;
    const own = this.#bytes;
    for (let place = start; place < end; place += 1) {
      if (own[from + place - start] !== bytes[place]) return false;
    }
    return true;
  }

  #append(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const number = this.#count;
    this.#count += 1;
    this.#slots[slot] = this.#count;
    const start = this.startOf(number);
    const end = start + to - from;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, 2 * end);
    const own = this.#bytes;
    for (let place = from; place < to; place += 1) own[start + place - from] = bytes[place] ?? 0;
    this.#ends[number] = end;
    this.#hashes[number] = hash;
    if (this.#count === this.#ends.length) this.#grow();
    return number;
  }

  #grow(): void {
    const names = 2 * this.#count;
    this.#ends = grown(this.#ends, names);
    this.#hashes = grown(this.#hashes, names);
    free(this.#slots);
    this.#slots = new Int32Array(2 * names);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#count; number += 1) {
      let slot = (this.#hashes[number] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** FNV-1a, by four bytes at a time, and its upper bits mixed into the lower ones. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let place = start;
  for (; place + 4 <= end; place += 4) {
    const four =
      (bytes[place] ?? 0) |
      ((bytes[place + 1] ?? 0) << 8) |
      ((bytes[place + 2] ?? 0) << 16) |
      ((bytes[place + 3] ?? 0) << 24);
    hash = Math.imul(hash ^ four, PRIME);
    hash ^= hash >>> 15;
  }
  for (; place < end; place += 1) hash = Math.imul(hash ^ (bytes[place] ?? 0), PRIME);
  return hash ^ (hash >>> 13);
}
