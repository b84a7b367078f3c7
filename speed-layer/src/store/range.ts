import { decodeSums, type PackedSums, type RecordEnvelope } from '@passport/model';

import { type Place, SumTable } from './sum-table.ts';

/** A record as the store keeps it: as it came, and the vehicles that it has lines of. */
type Kept = {
  readonly first: number;
  readonly facts: Buffer;
  readonly lines: Buffer;
  readonly vids: readonly string[];
};

/**
 * What records in a row, of one partition and one epoch, add to its state. Sums are added up before
 * they go to the store, so that a busy cell costs one increment. What a cell has many of, buckets and
 * references, is not added up there: readers take it from the packed facts.
 */
export class RangeSum {
  readonly epoch: number;
  readonly sums = new SumTable();
  readonly records: Kept[] = [];
  /** Facts of all kinds. */
  facts = 0;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** Adds a record; of the blocks up to `reached` it is known already. */
  add(record: RecordEnvelope, reached: number): PackedSums {
    const packed = decodeSums(record.facts);
    const { first, facts, lines } = record;
    this.records.push({ first, facts, lines, vids: packed.vids });
    this.#addSums(packed, reached);
    return packed;
  }

  #addSums(packed: PackedSums, reached: number): void {
    const { sums } = this;
    const { blocks, cells, factCells, factKeys, factDeltas } = packed;
    // What a key is, and where a cell's sums are, is looked up once for each, not for each fact.
    const measures = packed.keys.map((key) => (key === undefined ? -1 : sums.measure(key)));
    const places: (Place | undefined)[] = cells.map(() => undefined);
    let fact = 0;
    for (const { number, facts } of blocks) {
      const end = fact + facts;
      if (number <= reached) {
        fact = end;
        continue;
      }
      this.facts += facts;
      for (; fact < end; fact += 1) {
        const measure = measures[factKeys[fact] ?? -1];
        if (measure === -1) continue;
        const [cell, delta] = [factCells[fact] ?? -1, factDeltas[fact]];
        const name = cells[cell];
        if (measure === undefined || name === undefined || delta === undefined) {
          throw new Error(`fact ${fact} refers to nothing`);
        }
        const { view, row } = (places[cell] ??= sums.place(name));
        view.add(row, measure, delta);
      }
    }
  }
}
