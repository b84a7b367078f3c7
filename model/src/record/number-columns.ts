import { grown } from './own-memory.ts';

/** The same numbers in an array that is twice as long, as {@link grown}. */
export function doubled<Column extends Int32Array | Float64Array>(column: Column): Column {
  return grown(column, 2 * column.length);
}

/** Numbers numbers anew, by their first mention, without hashing: they are places in a table. */
export class Renumbered {
  /** The new number and 1; 0 has none yet. */
  readonly #numbers: Int32Array;
  /** What was mentioned, in the order of the new numbers. */
  readonly mentioned: number[] = [];

  /** They are whole numbers below `end`. */
  constructor(end: number) {
    this.#numbers = new Int32Array(end);
  }

  mention(number: number): void {
    if (this.#numbers[number] === 0) this.#numbers[number] = this.mentioned.push(number);
  }

  /** The new number of what was mentioned. */
  numberOf(number: number): number {
    return (this.#numbers[number] ?? 0) - 1;
  }
}
