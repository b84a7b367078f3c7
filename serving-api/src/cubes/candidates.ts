import type { ViewQuery } from '@passport/model';

import type { Column } from './column.ts';
import type { Cube, DimensionColumn } from './cube.ts';
import { hasBit, rowsInBoth } from './row-bits.ts';

/** Which values of a dimension a query wants, by their numbers. */
export type Wanted = {
  readonly column: DimensionColumn;
  readonly codes: readonly number[];
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

/** Bits of so many rows are gone through in the time that it takes to look at one row. */
const WORTH_BITS = 12;

/** The rows that have a wanted value in each of the dimensions, in no order. */
export function rowsWith(cube: Cube, wanted: readonly Wanted[]): number[] {
  // What has any value there is nothing to look at.
  const [fewest, ...others] = wanted
    .filter(({ column, codes }) => codes.length < column.dictionary.size)
    .map((one) => ({ ...one, rows: rowsOf(one) }))
    .sort((a, b) => a.rows - b.rows);
  const rows: number[] = [];
  if (fewest === undefined) {
    for (let row = 0; row < cube.rows; row += 1) if (cube.isAlive(row)) rows.push(row);
    return rows;
  }
  const checks = others.map((one) => checkOf(one, cube.rows));
  const [one, other, ...dense] = checks.flatMap((check) => ('bits' in check ? [check] : []));
  if (one !== undefined && other !== undefined && cube.rows < WORTH_BITS * fewest.rows) {
    const rest = [
      checkOf(fewest, cube.rows),
      ...dense,
      ...checks.filter((each) => 'codes' in each),
    ];
    return rowsInBoth(one.bits, other.bits).filter((row) => passes(rest, row) && cube.isAlive(row));
  }
  // What leaves the fewest is asked first: most rows get no further than that.
  const [next, ...more] = checks;
  const codes = fewest.column.codes.values;
  for (const code of fewest.codes) {
    const found = fewest.column.rows[code];
    if (found === undefined) continue;
    const [first, last] = [found.at(0), found.at(found.length - 1)];
    // Rows of a day mostly lie together.
    const isDense = last - first < WORTH_BITS * found.length;
    if (one !== undefined && next !== undefined && isDense) {
      for (const row of rowsInBoth(one.bits, (other ?? one).bits, first, last)) {
        if (codes[row] === code && doesPass(next, row)) rows.push(row);
      }
    } else pick(found, next, rows);
  }
  return rows.filter((row) => passes(more, row) && cube.isAlive(row));
}

function rowsOf({ column, codes }: Wanted): number {
  let rows = 0;
  for (const code of codes) rows += column.rows[code]?.length ?? 0;
  return rows;
}

/** What a row has to have in a column: one value, where many rows have it by their bits, or one of several. */
type Check =
  | { readonly bits: Uint32Array }
  | { readonly codes: Int32Array; readonly only: number }
  | { readonly codes: Int32Array; readonly mask: Uint8Array };

/** A mask is memory beside the heap, which costs more to get than to use: one value takes none. */
function checkOf({ column, codes: wanted }: Wanted, rowCount: number): Check {
  const codes = column.codes.values;
  const [only] = wanted;
  if (wanted.length === 1 && only !== undefined) {
    const bits = column.bits.of(only, rowCount);
    return bits === undefined ? { codes, only } : { bits };
  }
  const mask = new Uint8Array(column.dictionary.size);
  for (const code of wanted) mask[code] = 1;
  return { codes, mask };
}

/** Puts those of some rows that pass a check into a list; all of them without one. A loop for each kind: most time is spent here. */
function pick(
  { values, length }: Column<Int32Array>,
  check: Check | undefined,
  into: number[],
): void {
  if (check === undefined) {
    for (let place = 0; place < length; place += 1) into.push(values[place] ?? 0);
  } else if ('bits' in check) {
    const { bits } = check;
    for (let place = 0; place < length; place += 1) {
      const row = values[place] ?? 0;
      if (hasBit(bits, row)) into.push(row);
    }
  } else if ('only' in check) {
    const { codes, only } = check;
    for (let place = 0; place < length; place += 1) {
      const row = values[place] ?? 0;
      if (codes[row] === only) into.push(row);
    }
  } else {
    const { codes, mask } = check;
    for (let place = 0; place < length; place += 1) {
      const row = values[place] ?? 0;
      if (mask[codes[row] ?? 0] === 1) into.push(row);
    }
  }
}

function doesPass(check: Check, row: number): boolean {
  if ('bits' in check) return hasBit(check.bits, row);
  const code = check.codes[row] ?? 0;
  return 'only' in check ? code === check.only : check.mask[code] === 1;
}

function passes(checks: readonly Check[], row: number): boolean {
  for (const check of checks) if (!doesPass(check, row)) return false;
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
    wanted.push({ column, codes: codesOf(column, values, from, to) });
  }
  return wanted;
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
