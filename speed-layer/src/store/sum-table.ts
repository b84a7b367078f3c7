import { viewOfCell } from '@passport/model';

/** Rows that a view's columns begin with. */
const ROWS_MIN = 256;

/** Texts by the number of their first mention. */
class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** Sums of one view: a row for each cell, a column for each measure. */
class ViewSums {
  readonly #cells = new Numbered();
  /** By the number of their measure. */
  readonly #columns: (Float64Array | undefined)[] = [];
  #capacity = ROWS_MIN;

  row(cell: string): number {
    const row = this.#cells.numberOf(cell);
    if (row === this.#capacity) this.#grow();
    return row;
  }

  add(row: number, measure: number, delta: number): void {
    const column = (this.#columns[measure] ??= new Float64Array(this.#capacity));
    const sum = (column[row] ?? Number.NaN) + delta;
    // Beyond that a number is not the sum any more: not here, nor in the script that takes it.
    if (!Number.isSafeInteger(sum)) throw new RangeError(`${sum} is too large for a sum`);
    column[row] = sum;
  }

  get cells(): readonly string[] {
    return this.#cells.texts;
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

/**
 * Sums by cell and measure, both by number: no text is made for a fact, and a cell's name is there once,
 * however many sums it has.
 */
export class SumTable {
  readonly #views = new Map<string, ViewSums>();
  readonly #measures = new Numbered();

  /** The sums of the view that a cell is of. */
  viewOf(cell: string): ViewSums {
    const name = viewOfCell(cell);
    let view = this.#views.get(name);
    if (view === undefined) this.#views.set(name, (view = new ViewSums()));
    return view;
  }

  measure(key: string): number {
    return this.#measures.numberOf(key);
  }

  /** Each view that has sums. */
  *columns(): Generator<ViewColumns> {
    for (const [view, own] of this.#views) {
      const columns = [...own.columns()];
      yield {
        view,
        cells: own.cells,
        measures: columns.map(([measure]) => this.#measures.texts[measure] ?? ''),
        sums: columns.map(([, sums]) => sums),
      };
    }
  }
}
