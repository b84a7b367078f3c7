import type { ViewQuery } from '@passport/model';

import type { Cube, DimensionColumn } from './cube.ts';
import { Selection } from './selection.ts';

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

/** The rows that a query wants, in no order. */
export function candidates(cube: Cube, query: ViewQuery, floor?: Floor): Int32Array {
  return rowsWith(cube, wantedOf(cube, query, floor));
}

/** Where rows are found: a question is answered before the next one is read. */
const selection = new Selection();

/**
 * The rows that have a wanted value in each of the dimensions, in no order: those of the dimension that leaves the fewest, of
 * which the others keep some.
 */
export function rowsWith(cube: Cube, wanted: readonly Wanted[]): Int32Array {
  // What has any value there is nothing to look at.
  const [fewest, ...others] = wanted
    .filter(({ column, codes }) => codes.length < column.dictionary.size)
    .map((one) => conditionOf(one, cube.rows))
    .sort((a, b) => a.rows - b.rows);
  const other = others.find(({ bits }) => bits !== undefined);
  if (fewest === undefined) selection.takeAll(cube.rows);
  else if (fewest.bits !== undefined && other?.bits !== undefined) {
    // The other one does not change what it keeps already.
    selection.takeBoth(fewest.bits, other.bits);
  } else takeLists(fewest);
  for (const condition of others) keep(condition);
  selection.keepNonzero(cube.alive);
  return selection.rows;
}

/** What a row has to have in a dimension. */
type Condition = Wanted & {
  /** How many rows have it. */
  readonly rows: number;
  /** Which rows have it, where it is one value that many have. */
  readonly bits: Uint32Array | undefined;
};

function conditionOf({ column, codes }: Wanted, rowCount: number): Condition {
  let rows = 0;
  for (const code of codes) rows += column.rows[code]?.length ?? 0;
  const [only] = codes;
  const isOne = codes.length === 1 && only !== undefined;
  return { column, codes, rows, bits: isOne ? column.bits.of(only, rowCount) : undefined };
}

function takeLists({ column, codes }: Condition): void {
  selection.clear();
  for (const code of codes) {
    const rows = column.rows[code];
    if (rows !== undefined) selection.add(rows);
  }
}

/** A mask is memory beside the heap, which costs more to get than to use: one value takes none. */
function keep({ column, codes, bits }: Condition): void {
  const [only] = codes;
  if (bits !== undefined) selection.keepSet(bits);
  else if (codes.length === 1 && only !== undefined) {
    selection.keepEqual(column.codes.values, only);
  } else {
    const marks = new Uint8Array(column.dictionary.size);
    for (const code of codes) marks[code] = 1;
    selection.keepMarked(column.codes.values, marks);
  }
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
