import { free, grown } from './own-memory.ts';
import type { TextSpans } from './text-spans.ts';
import { copyBytes, hasBytes, WORD, wordsOf } from './words.ts';

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
  #words = wordsOf(this.#bytes);
  /** What a name was looked for in last, and its words: mostly the next one lies there, too. */
  #source: Uint8Array = this.#bytes;
  #sourceWords = this.#words;

  get count(): number {
    return this.#count;
  }

  /** All names, one behind the other. */
  get words(): DataView {
    return this.#words;
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
    if (bytes !== this.#source) [this.#source, this.#sourceWords] = [bytes, wordsOf(bytes)];
    const words = this.#sourceWords;
    const hash = hashOf(words, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0) return this.#append(words, start, end, hash, slot);
      if (this.#hashes[number] === hash && this.#has(number, words, start, end)) return number;
      slot = (slot + 1) & mask;
    }
  }

  /** Gives its memory back: it has no names any more, and takes none. */
  free(): void {
    this.#count = 0;
    [this.#source, this.#sourceWords] = [this.#bytes, this.#words];
    for (const array of [this.#slots, this.#hashes, this.#ends, this.#bytes]) free(array);
  }

  #has(number: number, words: DataView, start: number, end: number): boolean {
    const from = this.startOf(number);
    if (this.endOf(number) - from !== end - start) return false;
    return hasBytes(words, start, end, this.#words, from);
  }

  #append(words: DataView, from: number, to: number, hash: number, slot: number): number {
    const number = this.#count;
    this.#count += 1;
    this.#slots[slot] = this.#count;
    const start = this.startOf(number);
    const end = start + to - from;
    if (end > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, 2 * end);
      this.#words = wordsOf(this.#bytes);
    }
    copyBytes(words, from, to, this.#words, start);
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
function hashOf(words: DataView, start: number, end: number): number {
  let hash = end - start;
  let place = start;
  for (; place + WORD <= end; place += WORD) {
    hash = Math.imul(hash ^ words.getInt32(place), PRIME);
    hash ^= hash >>> 15;
  }
  for (; place < end; place += 1) hash = Math.imul(hash ^ words.getUint8(place), PRIME);
  return hash ^ (hash >>> 13);
}
