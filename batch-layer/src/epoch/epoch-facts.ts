import { type FactsInColumns, PassportError } from '@passport/model';

import { CellSums } from './cell-sums.ts';
import { FactColumns } from './fact-columns.ts';
import type { RankedKeys } from './ranked-keys.ts';
import { TextNumbers } from './text-numbers.ts';

/** Takes the facts of an epoch as they come. */
export class EpochFacts {
  readonly #facts = new FactColumns();
  readonly #cells = new TextNumbers();
  readonly #keys: RankedKeys;

  constructor(keys: RankedKeys) {
    this.#keys = keys;
  }

  /** Adds a record's facts; those of the blocks up to `reached` are known already. Throws PassportError. */
  add(packed: FactsInColumns, reached: number): void {
    const cells = packed.cells.map((cell) => this.#cells.of(cell));
    const keys = packed.keys.map((key) => this.#keys.facts.numberOf(key));
    const { blocks, factCells, factKeys, factDeltas } = packed;
    let fact = 0;
    for (const { number, facts } of blocks) {
      const end = fact + facts;
      if (number <= reached) fact = end;
      for (; fact < end; fact += 1) {
        const [cell, key] = [cells[factCells[fact] ?? -1], keys[factKeys[fact] ?? -1]];
        const delta = factDeltas[fact];
        if (cell === undefined || key === undefined || delta === undefined) {
          throw new PassportError('RECORD_UNREADABLE', `fact ${fact} refers to nothing`);
        }
        this.#facts.add(cell, key, delta);
      }
    }
  }

  /** What they come to; there is nothing to add any more. */
  summedUp(): CellSums {
    return new CellSums(this.#facts, this.#cells.texts(), this.#keys);
  }
}
