import type { Column } from './column.ts';

const FIRST_ROWS = 1024;

/**
 * Rows that are found, of which each condition keeps some: a selection vector (Boncz, Zukowski, Nes: MonetDB/X100, CIDR 2005).
 * Loops have no branch that depends on a row, which a processor would guess wrong for one of a few. Each condition has a loop
 * of its own: one loop that calls a function for each row would take longer than what it asks.
 */
export class Selection {
  #rows: Int32Array = new Int32Array(FIRST_ROWS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of the rows. */
  get rows(): Int32Array {
    return this.#rows.slice(0, this.#length);
  }

  /** Begins anew, with all rows. */
  takeAll(count: number): void {
    this.clear();
    this.#makeRoom(count);
    for (let row = 0; row < count; row += 1) this.#rows[row] = row;
    this.#length = count;
  }

  /** Begins anew, without a row. */
  clear(): void {
    this.#length = 0;
  }

  /** Adds rows of a list, none of which is there already. */
  add({ values, length }: Column<Int32Array>): void {
    const start = this.#length;
    this.#makeRoom(start + length);
    const rows = this.#rows;
    // Most lists are short: `set` would take longer to begin than to copy them.
    for (let place = 0; place < length; place += 1) rows[start + place] = values[place] ?? 0;
    this.#length = start + length;
  }

  /** Begins anew, with the rows whose bits are set in both of two. */
  takeBoth(one: Uint32Array, other: Uint32Array): void {
    this.clear();
    const words = Math.min(one.length, other.length);
    for (let place = 0; place < words; place += 1) {
      let word = (one[place] ?? 0) & (other[place] ?? 0);
      if (word === 0) continue;
      this.#makeRoom(this.#length + 32);
      while (word !== 0) {
        this.#rows[this.#length] = place * 32 + 31 - Math.clz32(word & -word);
        this.#length += 1;
        word &= word - 1;
      }
    }
  }

  /** Keeps the rows whose bits are set. There is a bit for each row: looking behind the end takes V8 as long as ten rows. */
  keepSet(bits: Uint32Array): void {
    const [rows, length] = [this.#rows, this.#length];
    let kept = 0;
    for (let place = 0; place < length; place += 1) {
      const row = rows[place] ?? 0;
      rows[kept] = row;
      kept += ((bits[row >>> 5] ?? 0) >>> (row & 31)) & 1;
    }
    this.#length = kept;
  }

  /** Keeps the rows that have a number in a column. */
  keepEqual(numbers: Int32Array, only: number): void {
    const [rows, length] = [this.#rows, this.#length];
    let kept = 0;
    for (let place = 0; place < length; place += 1) {
      const row = rows[place] ?? 0;
      rows[kept] = row;
      kept += numbers[row] === only ? 1 : 0;
    }
    this.#length = kept;
  }

  /** Keeps the rows whose number in a column is marked with 1; others are marked with 0. */
  keepMarked(numbers: Int32Array, marks: Uint8Array): void {
    const [rows, length] = [this.#rows, this.#length];
    let kept = 0;
    for (let place = 0; place < length; place += 1) {
      const row = rows[place] ?? 0;
      rows[kept] = row;
      kept += marks[numbers[row] ?? 0] ?? 0;
    }
    this.#length = kept;
  }

  /** Keeps the rows whose number in a column is not 0. */
  keepNonzero(numbers: Int32Array): void {
    const [rows, length] = [this.#rows, this.#length];
    let kept = 0;
    for (let place = 0; place < length; place += 1) {
      const row = rows[place] ?? 0;
      rows[kept] = row;
      kept += numbers[row] === 0 ? 0 : 1;
    }
    this.#length = kept;
  }

  #makeRoom(room: number): void {
    if (room <= this.#rows.length) return;
    const larger = new Int32Array(Math.max(room, this.#rows.length * 2));
    larger.set(this.#rows.subarray(0, this.#length));
    this.#rows = larger;
  }
}
