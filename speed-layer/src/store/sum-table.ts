import { viewOfCell } from '@passport/model';

/** Rows that a view's columns begin with. */
const ROWS_MIN = 256;

/** Sums of one view: a row for each cell, a column for each measure. */
class ViewSums {
  readonly cells: string[] = [];
  /** By the number of their measure. */
  readonly #columns: (Float64Array | undefined)[] = [];
  #capacity = ROWS_MIN;

  /** A row of its own for one more cell. */
  append(cell: string): number {
    if (this.cells.length === this.#capacity) this.#grow();
    return this.cells.push(cell) - 1;
  }

  add(row: number, measure: number, delta: number): void {
    const column = (this.#columns[measure] ??= new Float64Array(this.#capacity));
    const sum = (column[row] ?? Number.NaN) + delta;
    // Beyond that a number is not the sum any more: not here, nor in the script that takes it.
    if (!Number.isSafeInteger(sum)) throw new RangeError(`${sum} is too large for a sum`);
    column[row] = sum;
  }

  /** Numbers of measures, and their sums by row: 0 where nothing was added, or it came to nothing. */
  *columns(): Generator<readonly [measure: number, sums: readonly number[]]> {
    for (const [measure, column] of this.#columns.entries()) {
      if (column !== undefined) yield [measure, Array.from(column.subarray(0, this.cells.length))];
    }
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [measure, column] of this.#columns.entries()) {
      if (column === undefined) continue;
      const longer = new Float64Array(this.#capacity);
      longer.set(column);
      this.#columns[measure] = longer;
    }
  }
}

/** Sums of a view's cells, as the store takes them. */
export type ViewColumns = {
  readonly view: string;
  readonly cells: readonly string[];
  readonly measures: readonly string[];
  /** For each measure the sums of all cells. */
  readonly sums: readonly (readonly number[])[];
};

/** Where a cell's sums are. */
export type Place = { readonly view: ViewSums; readonly row: number };

/**
 * Sums by cell and measure: no text is made for a fact, and a cell's name is there once, however many
 * sums it has.
 */
export class SumTable {
  readonly #views = new Map<string, ViewSums>();
  readonly #places = new Map<string, Place>();
  readonly #measures: string[] = [];

  place(cell: string): Place {
    let place = this.#places.get(cell);
    if (place === undefined) {
      const view = this.#viewOf(cell);
      place = { view, row: view.append(cell) };
      this.#places.set(cell, place);
    }
    return place;
  }

  /** The number of a measure. There are few. */
  measure(key: string): number {
    const known = this.#measures.indexOf(key);
    return known === -1 ? this.#measures.push(key) - 1 : known;
  }

  /** Each view that has sums. */
  *columns(): Generator<ViewColumns> {
    for (const [view, own] of this.#views) {
      const columns = [...own.columns()];
      yield {
        view,
        cells: own.cells,
        measures: columns.map(([measure]) => this.#measures[measure] ?? ''),
        sums: columns.map(([, sums]) => sums),
      };
    }
  }
  #viewOf(cell: string): ViewSums {
    const name = viewOfCell(cell);
    let view = this.#views.get(name);
    if (view === undefined) this.#views.set(name, (view = new ViewSums()));
    return view;
  }
}
