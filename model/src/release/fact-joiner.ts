import type { FactRows, NodeFacts } from './release-node.ts';

/** Adds facts up that come together in one place, by the numbers of their keys. */
export class FactJoiner {
  readonly #sums: Float64Array;
  /** The last time that a key was found. */
  readonly #foundIn: Int32Array;
  #time = 0;

  /** For keys of numbers below `keys`. */
  constructor(keys: number) {
    this.#sums = new Float64Array(keys);
    this.#foundIn = new Int32Array(keys);
  }

  /** Adds up all parts, whose rows `to` has room for from `start` on. What comes to nothing is left out. */
  join(parts: readonly NodeFacts[], to: FactRows, start: number): NodeFacts {
    const found = this.#sumUp(parts, to, start);
    let end = start;
    for (let row = start; row < found; row += 1) {
      const key = to.keys[row] ?? -1;
      const sum = this.#sums[key] ?? 0;
      if (sum === 0) continue;
      to.keys[end] = key;
      to.deltas[end] = sum;
      end += 1;
    }
    return { ...to, start, end };
  }

  /** Adds up by key, and writes each key down; answers where they end. */
  #sumUp(parts: readonly NodeFacts[], to: FactRows, start: number): number {
    const [sums, foundIn] = [this.#sums, this.#foundIn];
    this.#time += 1;
    let end = start;
    for (const part of parts) {
      for (let row = part.start; row < part.end; row += 1) {
        const key = part.keys[row] ?? -1;
        const delta = part.deltas[row] ?? 0;
        if (foundIn[key] === this.#time) {
          sums[key] = (sums[key] ?? 0) + delta;
          continue;
        }
        foundIn[key] = this.#time;
        sums[key] = delta;
        to.keys[end] = key;
        end += 1;
      }
    }
    return end;
  }
}
