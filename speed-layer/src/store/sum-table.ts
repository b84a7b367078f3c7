import { CELL_SEPARATOR, free, grown, NameTable, type TextSpans } from '@passport/model';

const SEPARATOR = CELL_SEPARATOR.charCodeAt(0);

/** Rows, and measures, that a view has room for to begin with. */
const [ROWS_MIN, WIDTH_MIN] = [256, 4];

/** Sums of one view: a row for each cell, in it a place for each measure. */
export class ViewSums {
  readonly view: string;
  readonly cells = new NameTable();
  /** Numbers of the measures, by their place in a row. */
  readonly measures: number[] = [];
  readonly #viewBytes: Uint8Array;
  readonly #placeOf: (number | undefined)[] = [];
  /** Row by row: the sums of a cell are added to, and packed, one after the other. */
  #sums = new Float64Array(ROWS_MIN * WIDTH_MIN);
  #width = WIDTH_MIN;

  constructor(view: Uint8Array) {
    this.#viewBytes = Uint8Array.from(view);
    this.view = Buffer.from(this.#viewBytes).toString('utf8');
  }

  /** Whether a cell's name begins with the name of this view. */
  has({ bytes, starts, ends }: TextSpans, cell: number): boolean {
    const [own, start, end] = [this.#viewBytes, starts[cell] ?? 0, ends[cell] ?? 0];
    const behind = start + own.length;
    if (behind > end || (behind < end && bytes[behind] !== SEPARATOR)) return false;
    for (let place = 0; place < own.length; place += 1) {
      if (own[place] !== bytes[start + place]) return false;
    }
    return true;
  }

  add(row: number, measure: number, delta: number): void {
    const place = this.#placeOf[measure] ?? this.#begin(measure);
    const at = row * this.#width + place;
    if (at >= this.#sums.length) this.#resize(2 * (row + 1), this.#width);
    const sum = (this.#sums[at] ?? Number.NaN) + delta;
    // Beyond that a number is not the sum any more: not here, nor in the script that takes it.
    if (!Number.isSafeInteger(sum)) throw new RangeError(`${sum} is too large for a sum`);
    this.#sums[at] = sum;
  }

  /** The sums of all cells, {@link width} for each: 0 where nothing was added, or it came to nothing. */
  get sums(): Float64Array {
    return this.#sums;
  }

  get width(): number {
    return this.#width;
  }

  /** Gives its memory back: it has no sums any more, and takes none. */
  free(): void {
    this.cells.free();
    free(this.#sums);
  }

  #begin(measure: number): number {
    const place = this.measures.push(measure) - 1;
    this.#placeOf[measure] = place;
    if (place === this.#width) this.#resize(this.#sums.length / this.#width, 2 * this.#width);
    return place;
  }

  #resize(rows: number, width: number): void {
    const [before, narrow] = [this.#sums, this.#width];
    if (width === narrow) {
      this.#sums = grown(before, rows * width);
      return;
    }
    this.#sums = new Float64Array(rows * width);
    for (const [at, sum] of before.entries()) this.#sums[placeIn(at, narrow, width)] = sum;
    free(before);
    this.#width = width;
  }
}

/** Where a sum lies once rows are wider. */
function placeIn(at: number, narrow: number, width: number): number {
  return Math.floor(at / narrow) * width + (at % narrow);
}

/**
 * Sums by cell and measure: no text is made for a fact, nor for a cell, and a cell's name is there once, however many
 * sums it has.
 */
export class SumTable {
  readonly #views: ViewSums[] = [];
  readonly #measures: string[] = [];

  get views(): readonly ViewSums[] {
    return this.#views;
  }

  /** Cells of all views. */
  get cells(): number {
    return this.#views.reduce((sum, { cells }) => sum + cells.count, 0);
  }

  viewOf(cells: TextSpans, cell: number): ViewSums {
    for (const view of this.#views) if (view.has(cells, cell)) return view;
    const name = cells.bytes.subarray(cells.starts[cell], cells.ends[cell]);
    const end = name.indexOf(SEPARATOR);
    const view = new ViewSums(end < 0 ? name : name.subarray(0, end));
    this.#views.push(view);
    return view;
  }

  /** The number of a measure. There are few. */
  measure(key: string): number {
    const known = this.#measures.indexOf(key);
    return known === -1 ? this.#measures.push(key) - 1 : known;
  }

  measureName(number: number): string {
    return this.#measures[number] ?? '';
  }

  /** Gives its memory back: it is empty again. */
  clear(): void {
    for (const view of this.#views.splice(0)) view.free();
  }
}
