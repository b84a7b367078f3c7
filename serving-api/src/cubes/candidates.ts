import type { ViewQuery } from '@passport/model';

import type { Cube, DimensionColumn } from './cube.ts';

/** Which values of a dimension a query wants. */
type Wanted = {
  readonly column: DimensionColumn;
  /** By the value's number: 1 when it is wanted. */
  readonly mask: Uint8Array;
  readonly codes: readonly number[];
  /** Rows that have one of them. */
  readonly rows: number;
};

/** The least text that a dimension may have; of windows, whose older buckets are over. */
export type Floor = { readonly dimension: string; readonly from: string };

/**
 * The rows that a query wants, in no order: those of the dimension that leaves the fewest are looked
 * at one by one.
 */
export function* candidates(cube: Cube, query: ViewQuery, floor?: Floor): Generator<number> {
  const wanted = wantedOf(cube, query, floor);
  const fewest = wanted.reduce<Wanted | undefined>(
    (best, each) => (best === undefined || each.rows < best.rows ? each : best),
    undefined,
  );
  const others = wanted.filter((each) => each !== fewest);
  const passes = (row: number): boolean =>
    cube.isAlive(row) && others.every(({ column, mask }) => mask[column.codes.at(row)] === 1);
  if (fewest === undefined) {
    for (let row = 0; row < cube.rows; row += 1) if (passes(row)) yield row;
    return;
  }
  const { heads, next } = fewest.column;
  for (const code of fewest.codes) {
    for (let row = heads.at(code) - 1; row >= 0; row = next.at(row) - 1) {
      if (passes(row)) yield row;
    }
  }
}

function wantedOf(cube: Cube, query: ViewQuery, floor: Floor | undefined): Wanted[] {
  const wanted: Wanted[] = [];
  for (const [index, { name, isDay }] of cube.view.dimensions.entries()) {
    const column = cube.dimensions[index];
    if (column === undefined) continue;
    const values = query.filters[name];
    const from = floor?.dimension === name ? floor.from : isDay ? query.from : undefined;
    const to = isDay ? query.to : undefined;
    if (values === undefined && from === undefined && to === undefined) continue;
    const inRange = (text: string): boolean =>
      (from === undefined || text >= from) && (to === undefined || text <= to);
    const { dictionary } = column;
    const codes =
      values === undefined
        ? dictionary.texts.flatMap((text, code) => (inRange(text) ? [code] : []))
        : values.flatMap((text) => {
            const code = dictionary.find(text);
            return code === undefined || !inRange(text) ? [] : [code];
          });
    const mask = new Uint8Array(dictionary.size);
    let rows = 0;
    for (const code of codes) {
      mask[code] = 1;
      rows += column.counts.at(code);
    }
    wanted.push({ column, mask, codes, rows });
  }
  return wanted;
}
