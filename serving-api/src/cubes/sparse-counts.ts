import { intColumn } from './column.ts';
import { HashIndex, mix } from './hash.ts';

/** Counts by row and key of which most are 0: buckets of a histogram, references to vehicles. */
export class SparseCounts {
  readonly #rows = intColumn();
  readonly #keys = intColumn();
  readonly #counts = intColumn();
  /** The row's entry before this one, plus 1. */
  readonly #next = intColumn();
  /** A row's newest entry, plus 1. */
  readonly #heads = intColumn();
  readonly #index = new HashIndex((entry) => hashOf(this.#rows.at(entry), this.#keys.at(entry)));

  /** Adds to a count; answers how many counts of the row that are not 0 there are more. */
  add(row: number, key: number, delta: number): number {
    const hash = hashOf(row, key);
    let entry = this.#index.find(
      hash,
      (each) => this.#rows.at(each) === row && this.#keys.at(each) === key,
    );
    if (entry < 0) {
      entry = this.#rows.length;
      this.#rows.push(row);
      this.#keys.push(key);
      this.#counts.push(0);
      this.#next.push(this.#heads.at(row));
      this.#heads.set(row, entry + 1);
      this.#index.add(hash, entry);
    }
    const before = this.#counts.at(entry);
    const after = before + delta;
    this.#counts.set(entry, after);
    return (after === 0 ? 0 : 1) - (before === 0 ? 0 : 1);
  }

  /** Visits the counts of a row that are not 0. */
  visit(row: number, take: (key: number, count: number) => void): void {
    const [keys, counts, next] = [this.#keys.values, this.#counts.values, this.#next.values];
    for (let entry = this.#heads.at(row) - 1; entry >= 0; entry = (next[entry] ?? 0) - 1) {
      const count = counts[entry] ?? 0;
      if (count !== 0) take(keys[entry] ?? 0, count);
    }
  }
}

function hashOf(row: number, key: number): number {
  return mix(mix(0x9e3779b9, row), key);
}
