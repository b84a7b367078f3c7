import type { ViewQuery } from '@passport/model';

import type { Cube, DimensionColumn } from './cube.ts';

/** Which values of a dimension a query wants. */
export type Wanted = {
  readonly column: DimensionColumn;
  /** By the value's number: 1 when it is wanted. */
  readonly mask: Uint8Array;
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
  const fewest = wanted.reduce<Wanted | undefined>(
    (best, each) => (best === undefined || each.rows < best.rows ? each : best),
    undefined,
  );
  const passes = filterOf(
    cube,
    wanted.filter((each) => each !== fewest),
  );
  const rows: number[] = [];
  if (fewest === undefined) {
    for (let row = 0; row < cube.rows; row += 1) if (passes(row)) rows.push(row);
    return rows;
  }
  const next = fewest.column.next.values;
  for (const code of fewest.codes) {
    for (let row = fewest.column.heads.at(code) - 1; row >= 0; row = (next[row] ?? 0) - 1) {
      if (passes(row)) rows.push(row);
    }
  }
  return rows;
}

/** Arrays are looked up once: each row passes here. */
function filterOf(cube: Cube, wanted: readonly Wanted[]): (row: number) => boolean {
  const checks = wanted.map(({ column, mask }) => ({ codes: column.codes.values, mask }));
  return (row) => {
    for (const { codes, mask } of checks) if (mask[codes[row] ?? -1] !== 1) return false;
    return cube.isAlive(row);
  };
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
  const mask = new Uint8Array(column.dictionary.size);
  let rows = 0;
  for (const code of codes) {
    mask[code] = 1;
    rows += column.counts.at(code);
  }
  return { column, mask, codes, rows };
}

function codesOf(
  { dictionary }: DimensionColumn,
  values: readonly string[] | undefined,
  from: string | undefined,
  to: string | undefined,
): number[] {
  const codes: number[] = [];
  const isInRange = (text: string): boolean =>
    (from === undefined || text >= from) && (to === undefined || text <= to);
  if (values === undefined) {
    const { texts } = dictionary;
    for (const [code, text] of texts.entries()) if (isInRange(text)) codes.push(code);
    return codes;
  }
  for (const text of values) {
    const code = dictionary.find(text);
    if (code !== undefined && isInRange(text)) codes.push(code);
  }
  return codes;
}
