import type { ByteReader } from './byte-reader.ts';
import { doubled } from './number-columns.ts';

/** Texts as they lie in bytes, in UTF-8: where each begins and ends. None of them is made. */
export type TextSpans = {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
};

/** One of the texts; empty where there is none. */
export function textAt({ bytes, starts, ends }: TextSpans, place: number): string {
  const [start, end] = [starts[place] ?? 0, ends[place] ?? 0];
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', start, end);
}

/** Whether one of the texts has these bytes. */
export function isTextAt({ bytes, starts, ends }: TextSpans, place: number, own: Buffer): boolean {
  const [start, end] = [starts[place] ?? 0, ends[place] ?? 0];
  return end - start === own.length && own.compare(bytes, start, end) === 0;
}

/** Texts one behind the other, in memory of their own. */
export function spansOf(texts: readonly string[]): TextSpans {
  const count = texts.length;
  const bytes = Buffer.from(texts.join(''), 'utf8');
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let end = 0;
  for (let place = 0; place < count; place += 1) {
    starts[place] = end;
    ends[place] = end += texts[place]?.length ?? 0;
  }
  // A text of as many bytes as UTF-16 has units of it is ASCII, as mostly all are.
  if (end === bytes.length) return { bytes, count, starts, ends };
  end = 0;
  for (let place = 0; place < count; place += 1) {
    starts[place] = end;
    ends[place] = end += Buffer.byteLength(texts[place] ?? '', 'utf8');
  }
  return { bytes, count, starts, ends };
}

/** Where texts begin and end, noted in the same arrays for one record after the other. */
export class SpanRoom {
  #starts = new Int32Array(1_024);
  #ends = new Int32Array(1_024);
  #count = 0;

  /** Forgets all texts. */
  clear(): void {
    this.#count = 0;
  }

  /** Reads over a text, and notes where it is. Throws RangeError where it ends too early. */
  read(reader: ByteReader): void {
    const length = reader.whole();
    const start = reader.offset;
    reader.skip(length);
    this.#add(start, reader.offset);
  }

  /** As {@link read}. Of a text that is the one before it notes where that is. */
  readRepeated(reader: ByteReader, bytes: Uint8Array): void {
    const length = reader.whole();
    const start = reader.offset;
    reader.skip(length);
    const before = this.#count - 1;
    const [from, to] = [this.#starts[before] ?? 0, this.#ends[before] ?? 0];
    // What is empty lies nowhere else.
    const mayBe = before >= 0 && length > 0 && to - from === length;
    if (mayBe && areSame(bytes, from, start, length)) this.#add(from, to);
    else this.#add(start, reader.offset);
  }

  /** Notes where nothing is: an empty text. */
  skip(): void {
    this.#add(0, 0);
  }

  /** What was noted, of the bytes that were read; good until the room is cleared. */
  spans(bytes: Uint8Array): TextSpans {
    return { bytes, count: this.#count, starts: this.#starts, ends: this.#ends };
  }

  #add(start: number, end: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  #grow(): void {
    this.#starts = doubled(this.#starts);
    this.#ends = doubled(this.#ends);
  }
}

function areSame(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let place = 0; place < length; place += 1) {
    // Ids differ in their first bytes.
    if (bytes[one + place] !== bytes[other + place]) return false;
  }
  return true;
}
