import type { View } from '../views/view.ts';
import type { ViewAnswer } from './answers.ts';

/** What the cells of a column are. */
export const columnTypes = ['text', 'int64', 'double', 'day', 'instant', 'boolean'] as const;

export type ColumnType = (typeof columnTypes)[number];

/** A column of a table. */
export type AnswerColumn = {
  /** Different in each column. */
  readonly name: string;
  readonly type: ColumnType;
  /** Null of what has none. */
  readonly unit: string | null;
  /** For people. */
  readonly means: string;
};

/**
 * A cell, null where there is no value. By its column's type: a text of whole characters; an `int64` is a
 * number where that is a safe integer and else a bigint; a `double` is finite, and 0 has no sign; a day
 * is YYYY-MM-DD; an instant is YYYY-MM-DDTHH:MM:SS.sssZ; both of the years 0000 to 9999.
 */
export type AnswerCell = string | number | bigint | boolean | null;

/** A row: a cell for each column. */
export type AnswerRow = readonly AnswerCell[];

/** What every answer that is a table can be written from, in whatever format. */
export type AnswerTable = {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly AnswerRow[];
};

const INT64_MAX = 2n ** 63n - 1n;

/** A whole number as a cell of `int64`. Throws RangeError beyond 64 bits. */
export function int64Cell(value: bigint): number | bigint {
  if (value > INT64_MAX || value < -INT64_MAX - 1n) throw new RangeError(`${value} is no int64`);
  const isSafe = value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  return isSafe ? Number(value) : value;
}

/**
 * An answer to a query of a view as a table. Days are texts: a batch that was not told apart by days has
 * `*` there.
 */
export function tableOfView(view: View, { by, metrics, rows }: ViewAnswer): AnswerTable {
  const dimensions = by.map((name): AnswerColumn => {
    const means = view.dimensions.find((dimension) => dimension.name === name)?.means ?? name;
    return { name, type: 'text', unit: null, means };
  });
  const measured = metrics.map(({ name, unit }): AnswerColumn => {
    const metric = view.metrics[name];
    if (metric === undefined) throw new Error(`the view ${view.name} has no metric ${name}`);
    return { name, type: 'ratio' in metric ? 'double' : 'int64', unit, means: metric.means };
  });
  return { columns: [...dimensions, ...measured], rows };
}
