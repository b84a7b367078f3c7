import { type Fact, readCellName, readKey, type View } from '@passport/model';

import type { Cell } from '../duckdb/cells.ts';

/** Sums of an epoch's facts, by cell and key. */
export class CellSums {
  readonly #cells = new Map<string, Map<string, number>>();

  add(facts: readonly Fact[]): void {
    let last = '';
    let keys: Map<string, number> | undefined;
    for (const { cell, key, delta } of facts) {
      if (keys === undefined || cell !== last) {
        keys = this.#cells.get(cell);
        if (keys === undefined) {
          keys = new Map();
          this.#cells.set(cell, keys);
        }
        last = cell;
      }
      keys.set(key, (keys.get(key) ?? 0) + delta);
    }
  }

  /** The rows of a view's table; what came to nothing is left out. */
  *rows(view: View): Generator<readonly Cell[]> {
    for (const [cell, keys] of this.#cells) {
      const { view: name, dimensions } = readCellName(cell);
      if (name !== view.name) continue;
      for (const [key, value] of keys) {
        if (value !== 0) yield [...dimensions, ...measureOf(key), BigInt(value)];
      }
    }
  }
}

/** Measure and part of a key. */
function measureOf(key: string): readonly [measure: string, part: string] {
  const read = readKey(key);
  switch (read.type) {
    case 'sum':
      return [read.measure, ''];
    case 'bucket':
      return [read.histogram, String(read.bucket)];
    case 'reference':
      return [read.to, read.id];
  }
}
