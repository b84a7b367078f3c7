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
 * told for 32 rows at once. They are made when they are first asked for; rows that have come since are added.
 */
export class RowBits {
  /** By value: the rows that have it, in their order. */
  readonly #rows: readonly Column<Int32Array>[];
  readonly #known = new Map<number, Known>();

  constructor(rows: readonly Column<Int32Array>[]) {
    this.#rows = rows;
  }

  /** The bits of a value, with one for each of so many rows, and perhaps of more; undefined of one that few of them have. */
  of(code: number, rowCount: number): Uint32Array | undefined {
    const rows = this.#rows[code];
    if (rows === undefined || rows.length * ROWS_PER_BIT_SET < rowCount) {
      this.#known.delete(code);
      return undefined;
    }
    const known = this.#known.get(code);
    const words = withRoom(known?.words, Math.ceil(rowCount / 32));
    for (let place = known?.count ?? 0; place < rows.length; place += 1) {
      const row = rows.at(place);
      words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
    }
    if (known?.words !== words || known.count !== rows.length) {
      this.#known.set(code, { words, count: rows.length });
    }
    return words;
  }
}

/** The same words where they are enough; else a copy, with room for a sixteenth more. */
function withRoom(words: Uint32Array | undefined, count: number): Uint32Array {
  if (words !== undefined && words.length >= count) return words;
  const larger = new Uint32Array(count + (count >>> 4));
  if (words !== undefined) larger.set(words);
  return larger;
}
