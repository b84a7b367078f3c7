import { FactKeys, grown, NameTable, textAt, type TextSpans } from '@passport/model';

import { type CodedTexts, compareByBytes } from '../duckdb/coded-texts.ts';
import { partOf } from './key-parts.ts';
import { TextNumbers } from './text-numbers.ts';

/** Keys of facts, each by its number, as tables have them. */
export type RankedKeyParts = {
  readonly measures: CodedTexts;
  readonly parts: CodedTexts;
  /** Keys by measure and part, by their bytes. */
  readonly order: Int32Array;
  /** Where a key is in that order. */
  readonly ranks: Int32Array;
};

/** Keys that there is room for at first. */
const KEYS_MIN = 1024;

/**
 * Keys of facts, numbered for as long as a process archives, and how they are sorted: from one epoch to the next they
 * are nearly the same, above all vehicles. So as many are kept as there are vehicles, sources and buckets.
 */
export class RankedKeys {
  readonly facts = new FactKeys();
  /** Keys as they come from the log, and the number of each. */
  readonly #names = new NameTable();
  #numbers = new Int32Array(KEYS_MIN);
  readonly #measures = new TextNumbers();
  readonly #parts = new TextNumbers();
  #named: RankedKeyParts = {
    ...{ measures: noTexts(), parts: noTexts() },
    ...{ order: new Int32Array(0), ranks: new Int32Array(0) },
  };

  /** The number of a key. No text is made of one that has come before. */
  numberOf(keys: TextSpans, place: number): number {
    const known = this.#names.count;
    const name = this.#names.numberOf(keys, place);
    if (name < known) return this.#numbers[name] ?? -1;
    if (name === this.#numbers.length) this.#numbers = grown(this.#numbers, 2 * name);
    const number = this.facts.numberOf(textAt(keys, place));
    this.#numbers[name] = number;
    return number;
  }

  /** All keys up to now: the same object until there is a new one. */
  named(): RankedKeyParts {
    const before = this.#named;
    const [known, size] = [before.order.length, this.facts.size];
    if (known === size) return before;
    const [measureOf, partOfKey] = [
      enlarged(before.measures.codes, size),
      enlarged(before.parts.codes, size),
    ];
    for (let key = known; key < size; key += 1) {
      const [measure, part] = partOf(this.facts.readOf(key));
      measureOf[key] = this.#measures.of(measure);
      partOfKey[key] = this.#parts.of(part);
    }
    const measures = { texts: this.#measures.texts(), codes: measureOf };
    const parts = { texts: this.#parts.texts(), codes: partOfKey };
    const compare = (a: number, b: number): number =>
      compareByBytes(textOf(measures, a), textOf(measures, b)) ||
      compareByBytes(textOf(parts, a), textOf(parts, b));
    const fresh = Int32Array.from({ length: size - known }, (_, index) => known + index);
    const order = merged(before.order, fresh.sort(compare), compare);
    const ranks = new Int32Array(size);
    for (let rank = 0; rank < size; rank += 1) ranks[order[rank] ?? -1] = rank;
    this.#named = { measures, parts, order, ranks };
    return this.#named;
  }
}

function noTexts(): CodedTexts {
  return { texts: [], codes: new Int32Array(0) };
}

function textOf({ texts, codes }: CodedTexts, key: number): string {
  return texts[codes[key] ?? -1] ?? '';
}

function enlarged(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const all = new Int32Array(size);
  all.set(numbers);
  return all;
}

/** What two sorted lists are together. Few come to many: for each its place is looked up, and what is between is copied. */
function merged(
  many: Int32Array,
  few: Int32Array,
  compare: (a: number, b: number) => number,
): Int32Array {
  const all = new Int32Array(many.length + few.length);
  let copied = 0;
  for (const [index, own] of few.entries()) {
    const place = placeOf(own, many, copied, compare);
    all.set(many.subarray(copied, place), copied + index);
    all[place + index] = own;
    copied = place;
  }
  all.set(many.subarray(copied), copied + few.length);
  return all;
}

/** How many of a sorted list come before; the first `from` do. */
function placeOf(
  own: number,
  sorted: Int32Array,
  from: number,
  compare: (a: number, b: number) => number,
): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle] ?? -1, own) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
