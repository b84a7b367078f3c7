import {
  decodeFacts,
  type LogRow,
  type PackedFacts,
  readLines,
  type RecordEnvelope,
  viewOfCell,
} from '@passport/model';

import { FIELD_SEPARATOR } from './keys.ts';

/**
 * What records in a row, of one partition and one epoch, add to its state: summed up before it goes
 * to the store, so that a busy cell costs one increment.
 */
export class RangeSum {
  readonly epoch: number;
  /** By view: cell and key -> sum. */
  readonly cells = new Map<string, Map<string, number>>();
  /** First block -> packed facts, as they came. */
  readonly deltas: { readonly first: number; readonly facts: Buffer }[] = [];
  /** By vehicle: lines as JSON. */
  readonly books = new Map<string, string[]>();
  facts = 0;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  /** Adds a record; of the blocks up to `reached` it is known already. */
  add(record: RecordEnvelope, reached: number): PackedFacts {
    const packed = decodeFacts(record.facts);
    this.deltas.push({ first: record.first, facts: record.facts });
    this.#addFacts(packed, reached);
    if (record.rows > 0) {
      for (const lines of readLines(record, packed)) {
        for (const line of lines) if (line.block > reached) this.#addLine(line);
      }
    }
    return packed;
  }

  #addFacts(
    { blocks, cells, keys, factCells, factKeys, factDeltas }: PackedFacts,
    reached: number,
  ) {
    // Which view's sums a cell belongs to is looked up once for each cell, not for each fact.
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
        const cell = factCells[fact] ?? -1;
        const field = `${cells[cell]}${FIELD_SEPARATOR}${keys[factKeys[fact] ?? -1]}`;
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

  #addLine(line: LogRow): void {
    const json = JSON.stringify(line);
    const book = this.books.get(line.vid);
    if (book === undefined) this.books.set(line.vid, [json]);
    else book.push(json);
  }
}
