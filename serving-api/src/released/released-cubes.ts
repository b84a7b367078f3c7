import type { ReleasedBatch } from '@passport/batch-layer';
import {
  ANY,
  PassportError,
  type ReleasedQuery,
  releasedViewNames,
  type ReleasedViewName,
  releasedViews,
  releaseRule,
  type ReleasedAnswer,
  type View,
} from '@passport/model';

import { rowsWith, wantedOf } from '../cubes/candidates.ts';
import { Cube, type DimensionColumn } from '../cubes/cube.ts';
import { queryCube, sumRows } from '../cubes/query-cube.ts';
import { qualityOf, qualityOfViews } from './quality-of.ts';

/** The dimension that tells batches of one node apart: the block that they were released at. */
const RELEASED = { name: 'released', means: 'the block at whose end it was released' } as const;
const DIGITS = 16;

type Rows = Pick<ReleasedAnswer, 'by' | 'metrics' | 'rows' | 'batches' | 'coarser' | 'k'>;

/** All batches in memory: a row of a cube for each. Batches stay as they are, only new ones come. */
export class ReleasedCubes {
  readonly #cubes: Readonly<Record<ReleasedViewName, Cube>>;

  constructor() {
    const cubes = releasedViewNames.map((name) => {
      const view: View = releasedViews[name];
      return [name, new Cube({ ...view, dimensions: [...view.dimensions, RELEASED] })] as const;
    });
    this.#cubes = Object.fromEntries(cubes) as Record<ReleasedViewName, Cube>;
  }

  add(batches: Iterable<ReleasedBatch>): void {
    for (const { view, dimensions, block, sums } of batches) {
      const cube = this.#cubes[view];
      const row = cube.rowOf([...dimensions, padded(block)]);
      for (const [key, value] of sums) cube.add(row, key, value);
    }
  }

  /** Answers from the batches up to a block. Throws PassportError `QUERY_TOO_LARGE`. */
  answer(query: ReleasedQuery, block: number): Rows {
    const cube = this.#cubes[query.view];
    const { own, coarser } = splitRows(cube, query, block);
    return {
      by: query.by,
      metrics: query.metrics.map((name) => ({ name, unit: unitOf(cube.view, name) })),
      rows: sumRows(cube, query, own),
      k: releaseRule.vehiclesMin,
      batches: totalOf(cube, 'batches', own),
      coarser: {
        batches: totalOf(cube, 'batches', coarser),
        vehicles: totalOf(cube, 'vehicles', coarser),
      },
    };
  }

  /**
   * Sums over whole batches of a view up to a block, a row for each combination of the dimensions that are asked by;
   * `released` among them is the block, as a text.
   */
  sums(
    view: ReleasedViewName,
    by: readonly string[],
    metrics: readonly string[],
    block: number,
  ): (string | number | null)[][] {
    const query = { view, by, metrics, filters: {}, from: undefined, to: undefined };
    return queryCube(this.#cubes[view], query, { dimension: RELEASED.name, to: padded(block) });
  }

  /** Whether any batch of some views was released up to a block. */
  hasBatches(views: readonly ReleasedViewName[], block: number): boolean {
    return views.some((view) => {
      const released = this.#cubes[view].dimensions.at(-1)?.dictionary;
      return (released?.between(undefined, padded(block)).length ?? 0) > 0;
    });
  }

  /** As {@link qualityOf}, of the batches up to a block. */
  quality(query: ReleasedQuery, block: number): number | null {
    const cube = this.#cubes.events;
    const known = exceptAny(query, cube);
    return qualityOf(cube, known, { dimension: RELEASED.name, to: padded(block) });
  }

  /** As {@link qualityOfViews}, of the batches up to a block. */
  qualityOfViews(views: readonly ReleasedViewName[], block: number): number | null {
    return qualityOfViews(this.#cubes.events, views, {
      dimension: RELEASED.name,
      to: padded(block),
    });
  }
}

/**
 * The batches up to a block that a question is about, and those that would be in the answer, were they not any
 * in a dimension that it restricts: one look at the rows for both.
 */
function splitRows(
  cube: Cube,
  query: ReleasedQuery,
  block: number,
): { readonly own: Int32Array; readonly coarser: Int32Array } {
  const fits = fitsOf(cube, query);
  const all = { ...query, filters: {}, from: undefined, to: undefined };
  const upTo = { dimension: RELEASED.name, to: padded(block) };
  const wanted = fits.map(({ column, within, any }) => ({ column, codes: [...within, ...any] }));
  const rows = rowsWith(cube, [...wantedOf(cube, all, upTo), ...wanted]);
  const open = fits.filter(({ any }) => any.size > 0);
  if (open.length === 0) return { own: rows, coarser: new Int32Array() };
  const isCoarser = (row: number): boolean =>
    open.some(({ column, any }) => any.has(column.codes.at(row)));
  return { own: rows.filter((row) => !isCoarser(row)), coarser: rows.filter(isCoarser) };
}

function totalOf(cube: Cube, measure: string, rows: Int32Array): number {
  const sums = cube.sums(measure);
  return rows.reduce((total, row) => total + (sums?.at(row) ?? 0), 0);
}

/** The values of a dimension that a query asks for, and the one that is any where it does not ask for that. */
type Fit = {
  readonly column: DimensionColumn;
  readonly within: readonly number[];
  readonly any: ReadonlySet<number>;
};

function fitsOf(cube: Cube, { filters, from, to }: ReleasedQuery): Fit[] {
  return cube.view.dimensions.flatMap(({ name, isDay }, place): Fit[] => {
    const column = cube.dimensions[place];
    const values = filters[name];
    const isRange = isDay === true && (from !== undefined || to !== undefined);
    if (column === undefined || (!isRange && values === undefined)) return [];
    const isIn = (text: string): boolean =>
      (values?.includes(text) ?? true) && text >= (from ?? text) && text <= (to ?? text);
    const codes = isRange
      ? column.dictionary.between(from, to).filter((code) => isIn(column.dictionary.textOf(code)))
      : (values ?? []).flatMap((text) => column.dictionary.find(text) ?? []);
    const any = column.dictionary.find(ANY);
    const isAsked = any === undefined || (!isRange && values?.includes(ANY));
    const within = codes.filter((code) => code !== any || isAsked);
    return [{ column, within, any: new Set(isAsked ? [] : [any]) }];
  });
}

/** A range of days has none that is any: as a text, `*` is before every day. */
function exceptAny(query: ReleasedQuery, cube: Cube): ReleasedQuery {
  const day = cube.view.dimensions.find(({ isDay }) => isDay);
  if (query.to === undefined || query.from !== undefined || day === undefined) return query;
  return { ...query, from: '0000-01-01' };
}

function padded(block: number): string {
  return String(block).padStart(DIGITS, '0');
}

function unitOf(view: View, metric: string): string {
  const unit = view.metrics[metric]?.unit;
  if (unit === undefined) throw new PassportError('QUERY_INVALID', `no metric ${metric}`);
  return unit;
}
