import { viewOfCell } from '@passport/model';

import { FIELD_SEPARATOR } from './keys.ts';

/** Sums are told apart by cell and measure; all views together have far fewer measures than this. */
const MEASURES_MAX = 1024;

/** Texts by the number of their first mention. */
class Numbered {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }
}

/**
 * Sums by cell and measure, both by number: no text is made for a fact, only one for each sum at the
 * end.
 */
export class SumTable {
  readonly #cells = new Numbered();
  readonly #measures = new Numbered();
  readonly #sums = new Map<number, number>();

  cell(name: string): number {
    return this.#cells.numberOf(name);
  }

  measure(key: string): number {
    const number = this.#measures.numberOf(key);
    if (number < MEASURES_MAX) return number;
    throw new RangeError(`more than ${MEASURES_MAX} measures`);
  }

  add(cell: number, measure: number, delta: number): void {
    const place = cell * MEASURES_MAX + measure;
    this.#sums.set(place, (this.#sums.get(place) ?? 0) + delta);
  }

  /** By view: field in the store, sum, field, sum… What came to nothing is left out. */
  byView(): Map<string, string[]> {
    const views = new Map<string, string[]>();
    for (const [place, sum] of this.#sums) {
      if (sum === 0) continue;
      const cell = this.#cells.texts[Math.floor(place / MEASURES_MAX)] ?? '';
      const view = viewOfCell(cell);
      let list = views.get(view);
      if (list === undefined) views.set(view, (list = []));
      list.push(cell + FIELD_SEPARATOR + (this.#measures.texts[place % MEASURES_MAX] ?? ''));
      list.push(String(sum));
    }
    return views;
  }
}
