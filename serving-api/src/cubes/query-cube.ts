import {
  type Metric,
  PassportError,
  quantileOf,
  queryLimits,
  type ViewQuery,
} from '@passport/model';

import { candidates, type Floor } from './candidates.ts';
import type { Cube, DimensionColumn } from './cube.ts';

type Value = string | number | null;

/** Rows of a group. */
type Group = { readonly values: readonly string[]; readonly rows: number[] };

/**
 * Answers a query from a cube: a row for each combination of the dimensions asked by, in their order as
 * texts. Throws PassportError `QUERY_TOO_LARGE`.
 */
export function queryCube(cube: Cube, query: ViewQuery, floor?: Floor): Value[][] {
  return sumRows(cube, query, candidates(cube, query, floor));
}

/** As {@link queryCube}, of rows that were found already. Throws PassportError `QUERY_TOO_LARGE`. */
export function sumRows(
  cube: Cube,
  query: Pick<ViewQuery, 'by' | 'metrics'>,
  found: Int32Array,
): Value[][] {
  const groups = groupsOf(cube, query, found);
  const metrics = query.metrics.map((name) => {
    const metric = cube.view.metrics[name];
    if (metric === undefined) throw new Error(`no metric ${name}`);
    return evaluatorOf(cube, metric);
  });
  return groups
    .sort((a, b) => compare(a.values, b.values))
    .map(({ values, rows }) => {
      const answer: Value[] = [...values];
      for (const evaluate of metrics) answer.push(evaluate(rows));
      return answer;
    });
}

function groupsOf(cube: Cube, query: Pick<ViewQuery, 'by'>, found: Int32Array): Group[] {
  const names = cube.view.dimensions.map(({ name }) => name);
  const by = query.by.map((name) => {
    const column = cube.dimensions[names.indexOf(name)];
    if (column === undefined) throw new Error(`no dimension ${name}`);
    return column;
  });
  const groups = new Map<number | string, Group>();
  if (by.length === 0) groups.set(0, { values: [], rows: [] });
  const keyOf = groupKey(by);
  for (const row of found) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group !== undefined) group.rows.push(row);
    else {
      const values = by.map(({ dictionary, codes }) => dictionary.textOf(codes.at(row)));
      groups.set(key, { values, rows: [row] });
      if (groups.size > queryLimits.rows) {
        throw new PassportError('QUERY_TOO_LARGE', `${queryLimits.rows} rows are the limit`);
      }
    }
  }
  return [...groups.values()];
}

/** A number for each combination of values, where it is a safe integer; else a text. */
function groupKey(by: readonly DimensionColumn[]): (row: number) => number | string {
  const combinations = by.reduce((product, { dictionary }) => product * dictionary.size, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) {
    return (row) => by.map(({ codes }) => codes.at(row)).join();
  }
  const columns = by.map(({ codes, dictionary }) => ({
    codes: codes.values,
    size: dictionary.size,
  }));
  return (row) => {
    let key = 0;
    for (const { codes, size } of columns) key = key * size + (codes[row] ?? 0);
    return key;
  };
}

type Evaluate = (rows: readonly number[]) => number | null;

function evaluatorOf(cube: Cube, metric: Metric): Evaluate {
  if ('sum' in metric) return (rows) => total(cube, metric.sum, rows);
  if ('distinct' in metric) return distinctOf(cube, metric.distinct);
  if ('ratio' in metric) {
    const [numerator, denominator] = metric.ratio;
    return (rows) => {
      const below = total(cube, denominator, rows);
      return below === 0 ? null : total(cube, numerator, rows) / below;
    };
  }
  const counts = cube.histogram(metric.histogram);
  return (rows) => {
    const buckets = new Map<number, number>();
    for (const row of rows) {
      counts?.visit(row, (bucket, count) => {
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
      });
    }
    // Of batches, some may take back what others that are not asked for have.
    for (const [bucket, count] of buckets) if (count <= 0) buckets.delete(bucket);
    return quantileOf(buckets, metric.permille);
  };
}

function total(cube: Cube, measure: string, rows: readonly number[]): number {
  const values = cube.sums(measure)?.values;
  if (values === undefined) return 0;
  let sum = 0;
  // Rows behind its end have none: to look there would take V8 as long as ten rows.
  for (const row of rows) if (row < values.length) sum += values[row] ?? 0;
  return sum;
}

/** Counts ids that any of the rows refers to: each group marks them with a number of its own. */
function distinctOf(cube: Cube, to: string): Evaluate {
  const references = cube.references(to);
  const marks = new Uint32Array(cube.idsOf(to));
  let group = 0;
  return (rows) => {
    group += 1;
    let count = 0;
    for (const row of rows) {
      references?.visit(row, (id) => {
        if (marks[id] === group) return;
        marks[id] = group;
        count += 1;
      });
    }
    return count;
  };
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const [text, other] = [a[index] ?? '', b[index] ?? ''];
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}
