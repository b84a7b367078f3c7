import {
  type CellOfEpoch,
  type FactKeys,
  keyKinds,
  kindOfKey,
  readCellName,
  readKey,
  type ReadKey,
  roomFor,
  type View,
} from '@passport/model';

import { beginCoded } from '../duckdb/coded-rows.ts';
import { type CodedTexts, codedTexts, ofRows, sortedByTexts } from '../duckdb/coded-texts.ts';
import type { Engine } from '../duckdb/engine.ts';
import { longsOf } from '../duckdb/longs.ts';
import type { ParquetFile } from '../duckdb/write-parquet.ts';
import { viewLayout } from '../tables/view-table.ts';
import type { FactColumns } from './fact-columns.ts';
import { type PairSums, sumFacts } from './sum-facts.ts';

/** A cell and its sums. */
export type SummedCell = {
  readonly dimensions: readonly string[];
  /** Hands over each of its sums, by key; none of them is 0. */
  readonly each: (take: (key: string, sum: number) => void) => void;
};

/** Stands for a key that releasing has no use for. */
const LEFT_OUT = -1;

type NamedCell = { readonly cell: number; readonly dimensions: readonly string[] };

/**
 * Sums of an epoch's facts, by cell and key. All of it is in memory: an epoch is a fixed range of blocks, and what it
 * releases takes more.
 */
export class CellSums {
  readonly #sums: PairSums;
  /** By number; each is read once. */
  readonly #keys: readonly { readonly key: string; readonly read: ReadKey }[];
  readonly #measures: CodedTexts;
  readonly #parts: CodedTexts;
  readonly #views = new Map<string, NamedCell[]>();

  /** Of facts of numbered cells and keys, whose names are these. */
  constructor(facts: FactColumns, cells: readonly string[], keys: readonly string[]) {
    this.#keys = keys.map((key) => ({ key, read: readKey(key) }));
    const named = this.#keys.map(({ read }) => partOf(read));
    this.#measures = codedTexts(named.map(([measure]) => measure));
    this.#parts = codedTexts(named.map(([, part]) => part));
    const order = sortedByTexts(keys.length, [this.#measures, this.#parts]);
    const ranks = new Int32Array(keys.length);
    for (const [rank, key] of order.entries()) ranks[key] = rank;
    this.#sums = sumFacts(facts, cells.length, ranks);
    for (const [cell, name] of cells.entries()) {
      const { view, dimensions } = readCellName(name);
      const own = this.#views.get(view);
      if (own === undefined) this.#views.set(view, [{ cell, dimensions }]);
      else own.push({ cell, dimensions });
    }
  }

  /** The cells of a view that have any sums, one after the other. */
  *cells(view: string): Generator<SummedCell> {
    for (const { cell, dimensions } of this.#views.get(view) ?? []) {
      const [start, end] = this.#rangeOf(cell);
      if (start < end) yield { dimensions, each: (take) => this.#take(start, end, take) };
    }
  }

  /** Numbers of all keys, by which {@link toRelease} has them. */
  numberedBy(keys: FactKeys): Int32Array {
    return Int32Array.from(this.#keys, ({ key, read }) =>
      kindOfKey(read) === keyKinds.other ? LEFT_OUT : keys.numberOf(key, () => read),
    );
  }

  /** The cells of a view as they are released, of keys of these numbers; measures in `withheld` are left out. */
  toRelease(view: string, numbers: Int32Array, withheld: readonly string[]): CellOfEpoch[] {
    const own = numbers.map((number, key) =>
      withheld.includes(this.#keys[key]?.key ?? '') ? LEFT_OUT : number,
    );
    const cells = this.#views.get(view) ?? [];
    const room = roomFor(cells.reduce((sum, { cell }) => sum + this.#countOf(cell), 0));
    let end = 0;
    return cells.map(({ cell, dimensions }) => {
      const [start, [from, to]] = [end, this.#rangeOf(cell)];
      for (let place = from; place < to; place += 1) {
        const key = own[this.#sums.keys[place] ?? -1] ?? LEFT_OUT;
        if (key === LEFT_OUT) continue;
        room.keys[end] = key;
        room.deltas[end] = this.#sums.sums[place] ?? 0;
        end += 1;
      }
      return { dimensions, facts: { ...room, start, end } };
    });
  }

  /** Writes the sums of a view as its table has them: see {@link beginCoded}. */
  beginWriting(
    engine: Engine,
    view: View,
    path: string,
  ): Promise<{ readonly written: Promise<ParquetFile> }> {
    const cells = this.#views.get(view.name) ?? [];
    const dimensions = view.dimensions.map((_, place) =>
      codedTexts(cells.map((cell) => cell.dimensions[place] ?? '')),
    );
    const rows = cells.reduce((sum, { cell }) => sum + this.#countOf(cell), 0);
    const [own, keys, places] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)];
    let row = 0;
    for (const index of sortedByTexts(cells.length, dimensions)) {
      const [start, end] = this.#rangeOf(cells[index]?.cell ?? -1);
      for (let place = start; place < end; place += 1, row += 1) {
        own[row] = index;
        keys[row] = this.#sums.keys[place] ?? -1;
        places[row] = place;
      }
    }
    const values = longsOf(rows, (of) => this.#sums.sums[places[of] ?? -1] ?? 0);
    for (const [place, exact] of this.#sums.large) {
      const of = places.indexOf(place);
      if (of >= 0) values[of] = exact;
    }
    return beginCoded(engine, path, viewLayout(view), [
      ...dimensions.map((dimension) => ofRows(dimension, own)),
      ofRows(this.#measures, keys),
      ofRows(this.#parts, keys),
      values,
    ]);
  }

  #take(start: number, end: number, take: (key: string, sum: number) => void): void {
    const { keys, sums } = this.#sums;
    for (let place = start; place < end; place += 1) {
      const { key } = this.#keys[keys[place] ?? -1] ?? unknownKey();
      take(key, sums[place] ?? 0);
    }
  }

  #countOf(cell: number): number {
    const [start, end] = this.#rangeOf(cell);
    return end - start;
  }

  /** Where a cell's sums are. */
  #rangeOf(cell: number): readonly [start: number, end: number] {
    return [this.#sums.starts[cell] ?? 0, this.#sums.starts[cell + 1] ?? 0];
  }
}

function unknownKey(): never {
  throw new RangeError('a sum of a key that nobody has named');
}

/** The measure of a key, and which part of it. */
export function partOf(read: ReadKey): readonly [measure: string, part: string] {
  switch (read.type) {
    case 'sum':
      return [read.measure, ''];
    case 'bucket':
      return [read.histogram, String(read.bucket)];
    case 'reference':
      return [read.to, read.id];
  }
}
