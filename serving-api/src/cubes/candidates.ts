import type { ViewQuery } from '@passport/model';

import type { Column } from './column.ts';
import type { Cube, DimensionColumn } from './cube.ts';

/** Which values of a dimension a query wants. */
export type Wanted = {
  readonly column: DimensionColumn;
  /** Their numbers. */
  readonly codes: readonly number[];
  /** Rows that have one of them. */
  readonly rows: number;
};

/**
 * The least text that a dimension may have, of windows, whose older buckets are over; or the greatest,
 * of batches, which may be newer than what is asked for.
 */
export type Floor = {
  readonly dimension: string;
  readonly from?: string;
  readonly to?: string;
};

/**
 * The rows that a query wants, in no order: those of the dimension that leaves the fewest are looked
 * at one by one.
 */
export function candidates(cube: Cube, query: ViewQuery, floor?: Floor): number[] {
  return rowsWith(cube, wantedOf(cube, query, floor));
}

/** The rows that have a wanted value in each of the dimensions, in no order. */
export function rowsWith(cube: Cube, wanted: readonly Wanted[]): number[] {
  // What has any value there is nothing to look at.
  const [fewest, ...others] = wanted
    .filter(({ column, codes }) => codes.length < column.dictionary.size)
    .sort((a, b) => a.rows - b.rows);
  const rows: number[] = [];
  if (fewest === undefined) {
    for (let row = 0; row < cube.rows; row += 1) if (cube.isAlive(row)) rows.push(row);
    return rows;
  }
  // What leaves the fewest is asked first: most rows get no further than that.
  const [next, ...more] = others.map(checkOf);
  for (const code of fewest.codes) {
    const found = fewest.column.rows[code];
    if (found !== undefined) pick(found, next, rows);
  }
  return rows.filter((row) => cube.isAlive(row) && passes(more, row));
}

/** Puts those of some rows that pass into a list. */
function pick(
  { values, length }: Column<Int32Array>,
  check: Check | undefined,
  into: number[],
): void {
  for (let place = 0; place < length; place += 1) {
    const row = values[place] ?? 0;
    if (check === undefined || check.mask[check.codes[row] ?? 0] === 1) into.push(row);
  }
}

type Check = {
  /** The value's number of each row. */
  readonly codes: Int32Array;
  /** By the value's number: 1 when it is wanted. */
  readonly mask: Uint8Array;
};

function checkOf({ column, codes }: Wanted): Check {
  const mask = new Uint8Array(column.dictionary.size);
  for (const code of codes) mask[code] = 1;
  return { codes: column.codes.values, mask };
}

function passes(checks: readonly Check[], row: number): boolean {
  for (const { codes, mask } of checks) if (mask[codes[row] ?? 0] !== 1) return false;
  return true;
}

/** The dimensions that a query, or the floor, restricts. */
export function wantedOf(cube: Cube, query: ViewQuery, floor?: Floor): Wanted[] {
  const wanted: Wanted[] = [];
  for (const [index, { name, isDay }] of cube.view.dimensions.entries()) {
    const column = cube.dimensions[index];
    if (column === undefined) continue;
    const values = query.filters[name];
    const bounds = floor?.dimension === name ? floor : isDay ? query : undefined;
    const [from, to] = [bounds?.from, bounds?.to];
    if (values === undefined && from === undefined && to === undefined) continue;
    wanted.push(wantedCodes(column, codesOf(column, values, from, to)));
  }
  return wanted;
}

/** Values of a dimension, by their numbers, as what is wanted of it. */
export function wantedCodes(column: DimensionColumn, codes: readonly number[]): Wanted {
  let rows = 0;
  for (const code of codes) rows += column.rows[code]?.length ?? 0;
  return { column, codes, rows };
}

function codesOf(
  { dictionary }: DimensionColumn,
  values: readonly string[] | undefined,
  from: string | undefined,
  to: string | undefined,
): readonly number[] {
  if (values === undefined) return dictionary.between(from, to);
  const codes: number[] = [];
  for (const text of values) {
    const isInRange = (from === undefined || text >= from) && (to === undefined || text <= to);
    const code = isInRange ? dictionary.find(text) : undefined;
    if (code !== undefined) codes.push(code);
  }
  return codes;
}
