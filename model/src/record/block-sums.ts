import { doubled } from './number-columns.ts';

/** Room for so many sums to begin with. */
const FIRST_ROOM = 1024;

/** Facts of blocks in a row, one behind the other: a number of a cell, of a key, and what is added. */
export class FactColumns {
  cells = new Int32Array(FIRST_ROOM);
  keys = new Int32Array(FIRST_ROOM);
  deltas = new Float64Array(FIRST_ROOM);
  count = 0;

  push(cell: number, key: number, delta: number): void {
    if (this.count === this.cells.length) {
      this.cells = doubled(this.cells);
      this.keys = doubled(this.keys);
      this.deltas = doubled(this.deltas);
    }
    this.cells[this.count] = cell;
    this.keys[this.count] = key;
    this.deltas[this.count] = delta;
    this.count += 1;
  }
}

/** Primes that spread numbers that follow each other (Knuth, The Art of Computer Programming 6.4; xxHash). */
const [CELL_FACTOR, KEY_FACTOR] = [0x9e3779b1, 0x85ebca77];

/**
 * Adds up the facts of one block, by cell and key: a hash table with open addressing over columns of numbers. Its
 * memory stays, for maps of maps would live until the block's end, and that is what the collector pays for.
 */
export class BlockSums {
  /** By the order in which they were first seen. */
  readonly #sums = new FactColumns();
  /** A sum's place and 1, where its hash is, or behind that; 0 is free. Half of it stays free. */
  #slots = new Int32Array(2 * FIRST_ROOM);
  /** The place and 1 of the next sum of the same cell; 0 behind the last one. */
  #next = new Int32Array(FIRST_ROOM);
  /** By cell, the place and 1 of its first sum and of its last one; 0 has none. */
  #firstOf = new Int32Array(FIRST_ROOM);
  #lastOf = new Int32Array(FIRST_ROOM);

  /** Adds one fact; cells and keys are numbered from 0 on. */
  add(cell: number, key: number, delta: number): void {
    const { cells, keys, deltas } = this.#sums;
    const mask = this.#slots.length - 1;
    let slot = hashOf(cell, key) & mask;
    for (let place = this.#slots[slot] ?? 0; place > 0; place = this.#slots[slot] ?? 0) {
      if (cells[place - 1] === cell && keys[place - 1] === key) {
        deltas[place - 1] = (deltas[place - 1] ?? 0) + delta;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#sums.push(cell, key, delta);
    this.#slots[slot] = this.#sums.count;
    this.#link(cell, this.#sums.count);
    if (2 * this.#sums.count === this.#slots.length) this.#makeRoom();
  }

  /** A new sum follows the one of its cell before it. */
  #link(cell: number, place: number): void {
    while (cell >= this.#firstOf.length) {
      this.#firstOf = doubled(this.#firstOf);
      this.#lastOf = doubled(this.#lastOf);
    }
    const before = this.#lastOf[cell] ?? 0;
    if (before === 0) this.#firstOf[cell] = place;
    else this.#next[before - 1] = place;
    this.#next[place - 1] = 0;
    this.#lastOf[cell] = place;
  }

  #makeRoom(): void {
    const { cells, keys, count } = this.#sums;
    this.#next = doubled(this.#next);
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let place = 1; place <= count; place += 1) {
      let slot = hashOf(cells[place - 1] ?? 0, keys[place - 1] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place;
    }
  }

  /**
   * Moves the sums: by cell in the order in which cells were first seen, then by key as first seen in the cell. What
   * comes to nothing is left out.
   */
  moveTo(facts: FactColumns): void {
    const { cells, keys, deltas, count } = this.#sums;
    for (let sum = 0; sum < count; sum += 1) {
      const cell = cells[sum] ?? 0;
      if (this.#firstOf[cell] !== sum + 1) continue;
      for (let place = sum + 1; place > 0; place = this.#next[place - 1] ?? 0) {
        const delta = deltas[place - 1] ?? 0;
        if (delta !== 0) facts.push(cell, keys[place - 1] ?? 0, delta);
      }
    }
    this.clear();
  }

  /** Begins anew. */
  clear(): void {
    const { cells, count } = this.#sums;
    if (count === 0) return;
    for (let sum = 0; sum < count; sum += 1) {
      const cell = cells[sum] ?? 0;
      this.#firstOf[cell] = 0;
      this.#lastOf[cell] = 0;
    }
    this.#slots.fill(0);
    this.#sums.count = 0;
  }
}

function hashOf(cell: number, key: number): number {
  const hash = Math.imul(cell, CELL_FACTOR) ^ Math.imul(key, KEY_FACTOR);
  return hash ^ (hash >>> 15);
}
