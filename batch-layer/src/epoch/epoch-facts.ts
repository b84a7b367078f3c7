import { type FactsInColumns, NameTable, PassportError, textAt } from '@passport/model';

import { CellSums } from './cell-sums.ts';
import { FactColumns } from './fact-columns.ts';
import type { RankedKeys } from './ranked-keys.ts';

/** Names of a record that there is room for at first. */
const NAMES_MIN = 1024;

/** Takes the facts of an epoch as they come. */
export class EpochFacts {
  readonly #facts = new FactColumns();
  readonly #cells = new NameTable();
  readonly #keys: RankedKeys;
  /** Numbers here of a record's cells and keys. */
  #cellNumbers = new Int32Array(NAMES_MIN);
  #keyNumbers = new Int32Array(NAMES_MIN);

  constructor(keys: RankedKeys) {
    this.#keys = keys;
  }

  /** Adds a record's facts; those of the blocks up to `reached` are known already. Throws PassportError. */
  add(packed: FactsInColumns, reached: number): void {
    const { blocks, cells, keys, factCells, factKeys, factDeltas } = packed;
    this.#cellNumbers = roomFor(cells.count, this.#cellNumbers);
    this.#keyNumbers = roomFor(keys.count, this.#keyNumbers);
    const [cellNumbers, keyNumbers] = [this.#cellNumbers, this.#keyNumbers];
    for (let place = 0; place < cells.count; place += 1) {
      cellNumbers[place] = this.#cells.numberOf(cells, place);
    }
    for (let place = 0; place < keys.count; place += 1) {
      keyNumbers[place] = this.#keys.numberOf(keys, place);
    }
    let fact = 0;
    for (const { number, facts } of blocks) {
      const end = fact + facts;
      if (number <= reached) fact = end;
      for (; fact < end; fact += 1) {
        const [cell, key] = [factCells[fact] ?? -1, factKeys[fact] ?? -1];
        if (cell < 0 || cell >= cells.count || key < 0 || key >= keys.count) {
          throw new PassportError('RECORD_UNREADABLE', `fact ${fact} refers to nothing`);
        }
        this.#facts.add(cellNumbers[cell] ?? -1, keyNumbers[key] ?? -1, factDeltas[fact] ?? 0);
      }
    }
  }

  /** What they come to; there is nothing to add any more. */
  summedUp(): CellSums {
    const spans = this.#cells.spans();
    const cells = Array.from({ length: spans.count }, (_, cell) => textAt(spans, cell));
    this.#cells.free();
    return new CellSums(this.#facts, cells, this.#keys);
  }
}

function roomFor(names: number, numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return names <= numbers.length ? numbers : new Int32Array(2 * names);
}
