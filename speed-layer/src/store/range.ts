import { type PackedSums, type RecordEnvelope, type TextSpans, useSums } from '@passport/model';

import { SumTable, type ViewSums } from './sum-table.ts';

/** A record as the store keeps it: as it came, and the vehicles that it has lines of. */
type Kept = {
  readonly first: number;
  readonly facts: Buffer;
  readonly lines: Buffer;
  /** A line break before and behind each: a text that one can be looked for in. */
  readonly vids: Buffer;
};

/** Where the cells of a record are; the same array each time. */
let rowsOfCells = new Int32Array(1_024);

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

  /** Adds a record; of the blocks up to `reached` it is known already. Answers all its blocks. */
  add(record: RecordEnvelope, reached: number): PackedSums['blocks'] {
    return useSums(record.facts, (packed) => {
      const { first, facts, lines } = record;
      this.records.push({ first, facts, lines, vids: listOf(packed.vids) });
      this.#addSums(packed, reached);
      return packed.blocks;
    });
  }

  #addSums(packed: PackedSums, reached: number): void {
    const { sums } = this;
    const { blocks, cells, factCells, factKeys, factDeltas } = packed;
    // What a key is, and where a cell's sums are, is looked up once for each, not for each fact.
    const measures = packed.keys.map((key) => (key === undefined ? -1 : sums.measure(key)));
    const views: (ViewSums | undefined)[] = Array.from({ length: cells.count });
    if (cells.count > rowsOfCells.length) rowsOfCells = new Int32Array(2 * cells.count);
    const rows = rowsOfCells;
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
        if (measure === undefined || !(cell >= 0 && cell < cells.count) || delta === undefined) {
          throw new Error(`fact ${fact} refers to nothing`);
        }
        let view = views[cell];
        if (view === undefined) {
          view = views[cell] = sums.viewOf(cells, cell);
          rows[cell] = view.cells.numberOf(cells, cell);
        }
        view.add(rows[cell] ?? -1, measure, delta);
      }
    }
  }
}

const LINE_BREAK = '\n'.charCodeAt(0);

function listOf({ bytes, count, starts, ends }: TextSpans): Buffer {
  let length = 1;
  for (let text = 0; text < count; text += 1) length += (ends[text] ?? 0) - (starts[text] ?? 0) + 1;
  const list = Buffer.allocUnsafe(length);
  let at = 0;
  list[at++] = LINE_BREAK;
  for (let text = 0; text < count; text += 1) {
    const end = ends[text] ?? 0;
    for (let place = starts[text] ?? 0; place < end; place += 1) list[at++] = bytes[place] ?? 0;
    list[at++] = LINE_BREAK;
  }
  return list;
}
