import {
  decodeFacts,
  isSumKey,
  type PackedFacts,
  type RecordEnvelope,
  viewOfCell,
} from '@passport/model';

import { FIELD_SEPARATOR } from './keys.ts';

/** A record as the store keeps it: as it came. */
type Kept = { readonly first: number; readonly facts: Buffer; readonly lines: Buffer };

/**
 * What records in a row, of one partition and one epoch, add to its state. Sums are added up before
 * they go to the store, so that a busy cell costs one increment. What a cell has many of, buckets and
 * references, is not added up there: readers take it from the packed facts.
 */
export class RangeSum {
  readonly epoch: number;
  /** By view: cell and key -> sum. */
  readonly cells = new Map<string, Map<string, number>>();
  readonly records: Kept[] = [];
  /** By vehicle: first blocks of the records that have lines of it. */
  readonly books = new Map<string, number[]>();
  /** Facts of all kinds. */
  facts = 0;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** Adds a record; of the blocks up to `reached` it is known already. */
  add(record: RecordEnvelope, reached: number): PackedFacts {
    const packed = decodeFacts(record.facts);
    const { first, facts, lines } = record;
    this.records.push({ first, facts, lines });
    this.#addSums(packed, reached);
    for (const vid of packed.vids) {
      const book = this.books.get(vid);
      if (book === undefined) this.books.set(vid, [first]);
      else book.push(first);
    }
    return packed;
  }

  #addSums(packed: PackedFacts, reached: number): void {
    const { blocks, cells, keys, factCells, factKeys, factDeltas } = packed;
    // What a key is, and which view a cell belongs to, is looked up once for each, not for each fact.
    const isSum = keys.map(isSumKey);
    const sums = cells.map((cell) => this.#sumsOf(viewOfCell(cell)));
    let fact = 0;
    for (const { number, facts } of blocks) {
      const end = fact + facts;
      if (number <= reached) {
        fact = end;
        continue;
      }
      this.facts += facts;
      for (; fact < end; fact += 1) {
        const key = factKeys[fact] ?? -1;
        if (isSum[key] !== true) continue;
        const cell = factCells[fact] ?? -1;
        const field = `${cells[cell]}${FIELD_SEPARATOR}${keys[key]}`;
        const sum = sums[cell];
        if (sum === undefined) throw new Error('a fact of no cell');
        sum.set(field, (sum.get(field) ?? 0) + (factDeltas[fact] ?? 0));
      }
    }
  }

  #sumsOf(view: string): Map<string, number> {
    let sums = this.cells.get(view);
    if (sums === undefined) {
      sums = new Map();
      this.cells.set(view, sums);
    }
    return sums;
  }
}
