import type { FactColumns } from './fact-columns.ts';

/** Below this a double has every whole number, and the sum of two of them, exactly. */
const EXACT = 2 ** 52;

/** Sums by cell and key, by the cell's number, those of a cell by the rank of their key. None of them is 0. */
export type PairSums = {
  /** Where the sums of a cell begin; those of the next one are behind them. */
  readonly starts: Int32Array;
  readonly keys: Int32Array;
  /** Doubles, exact up to 2^53. */
  readonly sums: Float64Array;
  /** The exact sum where a double may not have it, by its place. */
  readonly large: ReadonlyMap<number, bigint>;
};

/**
 * Adds facts up. They are put together by cell, and in a cell added up by the rank of their key: what a cell has is near in
 * memory then, and only its keys are sorted.
 */
export function sumFacts(facts: FactColumns, cellCount: number, keyRanks: Int32Array): PairSums {
  const byCell = sortedByCell(facts, cellCount, keyRanks);
  const keyOf = new Int32Array(keyRanks.length);
  for (let key = 0; key < keyRanks.length; key += 1) keyOf[keyRanks[key] ?? -1] = key;
  const cell = new CellSum(keyRanks.length);
  const found = {
    starts: new Int32Array(cellCount + 1),
    keys: new Int32Array(byCell.ranks.length),
    sums: new Float64Array(byCell.ranks.length),
    large: new Map<number, bigint>(),
  };
  let place = 0;
  for (let number = 0; number < cellCount; number += 1) {
    const ranks = cell.add(byCell, byCell.starts[number] ?? 0, byCell.starts[number + 1] ?? 0);
    for (let index = 0; index < ranks.length; index += 1) {
      const rank = ranks[index] ?? -1;
      const exact = cell.largeOf(rank);
      const sum = exact === undefined ? cell.sumOf(rank) : Number(exact);
      if (exact === undefined ? sum === 0 : exact === 0n) continue;
      if (exact !== undefined) found.large.set(place, exact);
      found.keys[place] = keyOf[rank] ?? -1;
      found.sums[place] = sum;
      place += 1;
    }
    found.starts[number + 1] = place;
  }
  return found;
}

/** Facts of one cell after the other: the ranks of their keys, and what is added. */
type FactsByCell = {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  readonly deltas: Float64Array;
};

function sortedByCell(facts: FactColumns, cellCount: number, keyRanks: Int32Array): FactsByCell {
  const { cells, keys, deltas } = facts;
  const starts = new Int32Array(cellCount + 1);
  for (let fact = 0; fact < cells.length; fact += 1) {
    const behind = (cells[fact] ?? -1) + 1;
    starts[behind] = (starts[behind] ?? 0) + 1;
  }
  for (let cell = 1; cell <= cellCount; cell += 1) {
    starts[cell] = (starts[cell] ?? 0) + (starts[cell - 1] ?? 0);
  }
  const next = starts.slice();
  const sorted = { ranks: new Int32Array(cells.length), deltas: new Float64Array(cells.length) };
  for (let fact = 0; fact < cells.length; fact += 1) {
    const cell = cells[fact] ?? -1;
    const to = next[cell] ?? 0;
    sorted.ranks[to] = keyRanks[keys[fact] ?? -1] ?? -1;
    sorted.deltas[to] = deltas[fact] ?? 0;
    next[cell] = to + 1;
  }
  return { starts, ...sorted };
}

/** Sums of one cell by the rank of their key; then those of the next one. */
class CellSum {
  readonly #sums: Float64Array;
  /** Which cell a rank was last found in. */
  readonly #foundIn: Int32Array;
  #cell = 0;
  #ranks = new Int32Array(1024);
  readonly #large = new Map<number, bigint>();

  /** Of so many ranks. */
  constructor(ranks: number) {
    this.#sums = new Float64Array(ranks);
    this.#foundIn = new Int32Array(ranks);
  }

  /** Adds up the facts of a cell; answers the ranks that it has, sorted, until the next one. */
  add({ ranks, deltas }: FactsByCell, start: number, end: number): Int32Array {
    if (this.#ranks.length < end - start) this.#ranks = new Int32Array(2 * (end - start));
    this.#cell += 1;
    if (this.#large.size > 0) this.#large.clear();
    const [sums, foundIn, found, cell] = [this.#sums, this.#foundIn, this.#ranks, this.#cell];
    let count = 0;
    for (let fact = start; fact < end; fact += 1) {
      const rank = ranks[fact] ?? -1;
      let sum = deltas[fact] ?? 0;
      if (foundIn[rank] === cell) sum += sums[rank] ?? 0;
      else {
        foundIn[rank] = cell;
        found[count++] = rank;
      }
      sums[rank] = sum;
      if (sum >= EXACT || sum <= -EXACT) this.#keepLarge(rank);
    }
    return found.subarray(0, count).sort();
  }

  sumOf(rank: number): number {
    return this.#sums[rank] ?? 0;
  }

  /** The sum where a number may not have had it. */
  largeOf(rank: number): bigint | undefined {
    if (this.#large.size === 0) return undefined;
    const large = this.#large.get(rank);
    return large === undefined ? undefined : large + BigInt(this.sumOf(rank));
  }

  #keepLarge(rank: number): void {
    this.#large.set(rank, (this.#large.get(rank) ?? 0n) + BigInt(this.sumOf(rank)));
    this.#sums[rank] = 0;
  }
}
