import { type CellOfEpoch, keyKinds, readCellName, roomFor, type View } from '@passport/model';

import { writeCoded } from '../duckdb/coded-rows.ts';
import { codedTexts, ofRows, sortedByTexts } from '../duckdb/coded-texts.ts';
import type { Engine } from '../duckdb/engine.ts';
import { longsOf } from '../duckdb/longs.ts';
import type { ParquetFile } from '../duckdb/write-parquet.ts';
import { viewLayout } from '../tables/view-table.ts';
import type { FactColumns } from './fact-columns.ts';
import type { RankedKeyParts, RankedKeys } from './ranked-keys.ts';
import { type PairSums, sumFacts } from './sum-facts.ts';

/** A cell and its sums. */
export type SummedCell = {
  readonly dimensions: readonly string[];
  /** Hands over each of its sums, by key; none of them is 0. */
  readonly each: (take: (key: string, sum: number) => void) => void;
};

type NamedCell = { readonly cell: number; readonly dimensions: readonly string[] };

/**
 * Sums of an epoch's facts, by cell and key. All of it is in memory: an epoch is a fixed range of blocks, and what it
 * releases takes more.
 */
export class CellSums {
  readonly #sums: PairSums;
  readonly #keys: RankedKeys;
  readonly #named: RankedKeyParts;
  readonly #views = new Map<string, NamedCell[]>();

  /** Of facts of numbered cells, whose names are these, and keys. */
  constructor(facts: FactColumns, cells: readonly string[], keys: RankedKeys) {
    this.#keys = keys;
    this.#named = keys.named();
    this.#sums = sumFacts(facts, cells.length, this.#named.ranks);
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

  /** The cells of a view as they are released; measures in `withheld` are left out. */
  toRelease(view: string, withheld: readonly string[]): CellOfEpoch[] {
    const { facts } = this.#keys;
    const isLeftOut = Uint8Array.from({ length: facts.size }, (_, key) =>
      Number(facts.kinds[key] === keyKinds.other || withheld.includes(facts.keyOf(key))),
    );
    const cells = this.#views.get(view) ?? [];
    const room = roomFor(cells.reduce((sum, { cell }) => sum + this.#countOf(cell), 0));
    let end = 0;
    return cells.map(({ cell, dimensions }) => {
      const [start, [from, to]] = [end, this.#rangeOf(cell)];
      for (let place = from; place < to; place += 1) {
        const key = this.#sums.keys[place] ?? -1;
        if (isLeftOut[key] === 1) continue;
        room.keys[end] = key;
        room.deltas[end] = this.#sums.sums[place] ?? 0;
        end += 1;
      }
      return { dimensions, facts: { ...room, start, end } };
    });
  }

  /** Writes the sums of a view as its table has them: see {@link writeCoded}. */
  write(engine: Engine, view: View, path: string): Promise<ParquetFile> {
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
    const columns = [
      ...dimensions.map((dimension) => ofRows(dimension, own)),
      ofRows(this.#named.measures, keys),
      ofRows(this.#named.parts, keys),
      values,
    ];
    return writeCoded(engine, path, viewLayout(view), columns);
  }

  #take(start: number, end: number, take: (key: string, sum: number) => void): void {
    const { keys, sums } = this.#sums;
    for (let place = start; place < end; place += 1) {
      take(this.#keys.facts.keyOf(keys[place] ?? -1), sums[place] ?? 0);
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
