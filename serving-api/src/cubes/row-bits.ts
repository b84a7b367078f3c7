import type { Column } from './column.ts';

/** Values that one of so many rows has, or more, have bits: together no more memory than the rows' own numbers. */
const ROWS_PER_BIT_SET = 32;

type Known = {
  readonly words: Uint32Array;
  /** So many of the value's rows are in. */
  readonly count: number;
};

/**
 * Which rows have a value of a dimension, a bit for each row, of values that many rows have: which rows have two of them is
 * told for 32 rows at once. They are made when they are first asked for, and again with the rows that have come since.
 */
export class RowBits {
  /** By value: the rows that have it, in their order. */
  readonly #rows: readonly Column<Int32Array>[];
  readonly #known = new Map<number, Known>();

  constructor(rows: readonly Column<Int32Array>[]) {
    this.#rows = rows;
  }

  /** The bits of a value, those behind the last row that has it left out; undefined of one that few of so many rows have. */
  of(code: number, rowCount: number): Uint32Array | undefined {
    const rows = this.#rows[code];
    if (rows === undefined || rows.length * ROWS_PER_BIT_SET < rowCount) {
      this.#known.delete(code);
      return undefined;
    }
    const known = this.#known.get(code);
    if (known?.count === rows.length) return known.words;
    const words = new Uint32Array((rows.at(rows.length - 1) >>> 5) + 1);
    if (known !== undefined) words.set(known.words);
    for (let place = known?.count ?? 0; place < rows.length; place += 1) {
      const row = rows.at(place);
      words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
    }
    this.#known.set(code, { words, count: rows.length });
    return words;
  }
}

/** Whether a row's bit is set. */
export function hasBit(words: Uint32Array, row: number): boolean {
  return (((words[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;
}

/** The rows whose bits are set in both: all from `first` to `last`, and perhaps some of 31 on either side. */
export function rowsInBoth(
  one: Uint32Array,
  other: Uint32Array,
  first = 0,
  last = Infinity,
): number[] {
  const rows: number[] = [];
  const end = Math.min(one.length, other.length, Math.floor(last / 32) + 1);
  for (let place = first >>> 5; place < end; place += 1) {
    let word = (one[place] ?? 0) & (other[place] ?? 0);
    while (word !== 0) {
      rows.push(place * 32 + 31 - Math.clz32(word & -word));
      word &= word - 1;
    }
  }
  return rows;
}
