import {
  type Fact,
  firstBucket,
  isSumKey,
  isViewName,
  OWNERS_VIEW,
  type PackedFacts,
  readCellName,
  type ViewName,
  views,
  windows,
} from '@passport/model';

import { Cube, type Ids } from '../cubes/cube.ts';

/** Fewer rows are not worth the work. */
const PRUNE_ROWS_MIN = 20_000;

/** The cubes of all views. */
export class CubeSet {
  readonly #cubes: Record<ViewName, Cube>;
  #prunedRows = 0;

  constructor() {
    // The vehicles of one view are mostly those of the others, too.
    const ids: Ids = new Map();
    const cubes = Object.entries(views).map(([name, view]) => [name, new Cube(view, ids)] as const);
    this.#cubes = Object.fromEntries(cubes) as Record<ViewName, Cube>;
  }

  cube(view: ViewName): Cube {
    return this.#cubes[view];
  }

  /**
   * Drops what is over in every window at a ledger time, once there is about as much of it as of what
   * is not: otherwise windows would fill the memory in a year.
   */
  pruneActivity(ledgerTimeMs: number): void {
    const { activity } = this.#cubes;
    if (activity.rows < PRUNE_ROWS_MIN || activity.rows < 2 * this.#prunedRows) return;
    const floors = new Map(windows.map((each) => [each.name, firstBucket(each, ledgerTimeMs)]));
    this.#cubes.activity = activity.copyOf(
      ([window = '', bucket = '']) => bucket >= (floors.get(window) ?? ''),
    );
    this.#prunedRows = this.#cubes.activity.rows;
  }

  /** Adds facts, in any order. */
  add(facts: Iterable<Fact>): void {
    let last = '';
    let place: { readonly cube: Cube; readonly row: number } | undefined;
    for (const { cell, key, delta } of facts) {
      // Facts of a cell mostly come one after the other.
      if (cell !== last) place = this.#placeOf(cell);
      last = cell;
      place?.cube.add(place.row, key, delta);
    }
  }

  /** Adds, times `sign`, the packed facts of one block: all, or those that are no sums. */
  addBlock(
    packed: PackedFacts,
    block: number,
    sign: 1 | -1,
    which: 'all' | 'sparse' = 'all',
  ): void {
    const skips = which === 'sparse' ? packed.keys.map(isSumKey) : [];
    let fact = 0;
    for (const { number, facts } of packed.blocks) {
      if (number === block) {
        this.#addRange(packed, fact, fact + facts, sign, skips);
        return;
      }
      fact += facts;
    }
  }

  #addRange(
    packed: PackedFacts,
    start: number,
    end: number,
    sign: 1 | -1,
    skips: readonly boolean[],
  ): void {
    const { cells, keys, factCells, factKeys, factDeltas } = packed;
    let last = -1;
    let place: { readonly cube: Cube; readonly row: number } | undefined;
    for (let fact = start; fact < end; fact += 1) {
      const key = factKeys[fact] ?? -1;
      if (skips[key] === true) continue;
      const cell = factCells[fact] ?? -1;
      if (cell !== last) place = this.#placeOf(cells[cell] ?? '');
      last = cell;
      place?.cube.add(place.row, keys[key] ?? '', sign * (factDeltas[fact] ?? 0));
    }
  }

  /** Undefined of the private view, which nobody is answered from. */
  #placeOf(cell: string): { readonly cube: Cube; readonly row: number } | undefined {
    const { view, dimensions } = readCellName(cell);
    if (view === OWNERS_VIEW) return undefined;
    if (!isViewName(view)) throw new Error(`a fact of no view: ${cell}`);
    const cube = this.#cubes[view];
    return { cube, row: cube.rowOf(dimensions) };
  }
}
