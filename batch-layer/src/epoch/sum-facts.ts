import { sortedByRank } from '../duckdb/coded-texts.ts';
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
 * Adds facts up: sorts them, in time by their number, and adds up those that lie together then. That takes no more of
 * the memory's time than a look-up of each of them would.
 */
export function sumFacts(facts: FactColumns, cellCount: number, keyRanks: Int32Array): PairSums {
  const { cells, keys, deltas } = facts;
  const all = new Int32Array(cells.length);
  const ranks = new Int32Array(keys.length);
  for (let fact = 0; fact < all.length; fact += 1) {
    all[fact] = fact;
    ranks[fact] = keyRanks[keys[fact] ?? -1] ?? -1;
  }
  const byKey = sortedByRank(all, keyRanks.length, ranks);
  const sorted = sortedByRank(byKey, cellCount, cells);
  const found = {
    starts: new Int32Array(cellCount + 1),
    keys: new Int32Array(sorted.length),
    sums: new Float64Array(sorted.length),
    large: new Map<number, bigint>(),
  };
  let place = 0;
  for (let index = 0; index < sorted.length;) {
    const first = sorted[index] ?? -1;
    const [cell, key] = [cells[first] ?? -1, keys[first] ?? -1];
    let [sum, large] = [0, 0n];
    for (; index < sorted.length; index += 1) {
      const fact = sorted[index] ?? -1;
      if (cells[fact] !== cell || keys[fact] !== key) break;
      sum += deltas[fact] ?? 0;
      if (sum < EXACT && sum > -EXACT) continue;
      large += BigInt(sum);
      sum = 0;
    }
    const exact = large === 0n ? undefined : large + BigInt(sum);
    if (exact === undefined ? sum === 0 : exact === 0n) continue;
    if (exact !== undefined) found.large.set(place, exact);
    found.keys[place] = key;
    found.sums[place] = exact === undefined ? sum : Number(exact);
    place += 1;
    found.starts[cell + 1] = place;
  }
  for (let cell = 1; cell <= cellCount; cell += 1) {
    // Of a cell without sums nothing was written down.
    found.starts[cell] = Math.max(found.starts[cell] ?? 0, found.starts[cell - 1] ?? 0);
  }
  return found;
}
