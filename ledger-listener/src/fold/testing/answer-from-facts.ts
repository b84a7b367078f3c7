import {
  bucketStart,
  type Fact,
  firstBucket,
  type Metric,
  quantileOf,
  readCellName,
  readKey,
  type View,
  type ViewQuery,
  views,
  windows,
} from '@passport/model';

type Cell = ReadonlyMap<string, number>;

/** Facts that were added up, by cell and key; nothing that is 0. */
export class Cells {
  readonly cells = new Map<string, Map<string, number>>();

  add(facts: Iterable<Fact>): void {
    for (const { cell, key, delta } of facts) {
      const keys = this.cells.get(cell) ?? new Map<string, number>();
      this.cells.set(cell, keys);
      const sum = (keys.get(key) ?? 0) + delta;
      if (sum === 0) keys.delete(key);
      else keys.set(key, sum);
      if (keys.size === 0) this.cells.delete(cell);
    }
  }
}

/** The rows of an answer, derived from facts as a serving layer may. */
export function rowsFromFacts(
  { cells }: Cells,
  { view: name, by, filters, from, to, metrics }: ViewQuery,
  ledgerTimeMs: number,
): (string | number | null)[][] {
  const view: View = views[name];
  const place = (dimension: string): number =>
    view.dimensions.findIndex(({ name: known }) => known === dimension);
  const rows = new Map<string, { readonly values: string[]; readonly cells: Cell[] }>();
  if (by.length === 0) rows.set('[]', { values: [], cells: [] });
  for (const [cell, keys] of cells) {
    const { view: of, dimensions } = readCellName(cell);
    if (of !== name) continue;
    const day = dimensions[place('day')] ?? '';
    if ((from !== undefined && day < from) || (to !== undefined && day > to)) continue;
    const isFiltered = Object.entries(filters).every(([dimension, values]) =>
      values.includes(dimensions[place(dimension)] ?? ''),
    );
    if (!isFiltered || (name === 'activity' && isPast(dimensions, ledgerTimeMs))) continue;
    const values = by.map((dimension) => dimensions[place(dimension)] ?? '');
    const row = rows.get(JSON.stringify(values)) ?? { values, cells: [] };
    row.cells.push(keys);
    rows.set(JSON.stringify(values), row);
  }
  const order = [...rows.values()].sort((a, b) => {
    const [left, right] = [a.values.join('\u001f'), b.values.join('\u001f')];
    return left < right ? -1 : Number(left > right);
  });
  return order.map((row) => [
    ...row.values,
    ...metrics.map((metric) => valueOf(view.metrics[metric], row.cells)),
  ]);
}

function isPast([window, bucket]: readonly string[], ledgerTimeMs: number): boolean {
  const rolling = windows.find(({ name }) => name === window);
  if (rolling === undefined || bucket === undefined) throw new Error('no such window');
  const [first, last] = [firstBucket(rolling, ledgerTimeMs), bucketStart(rolling, ledgerTimeMs)];
  if (bucket > last) throw new Error(`${bucket} is ahead of the ledger`);
  return bucket < first;
}

function valueOf(metric: Metric | undefined, cells: readonly Cell[]): number | null {
  if (metric === undefined) throw new Error('no such metric');
  const sum = (key: string): number =>
    cells.reduce((total, cell) => total + (cell.get(key) ?? 0), 0);
  if ('sum' in metric) return sum(metric.sum);
  if ('ratio' in metric) {
    const [numerator, denominator] = metric.ratio.map(sum);
    return denominator === 0 ? null : Number(numerator) / Number(denominator);
  }
  const counts = new Map<number, number>();
  const ids = new Set<string>();
  for (const [key, count] of cells.flatMap((cell) => [...cell])) {
    const read = readKey(key);
    if (read.type === 'reference' && 'distinct' in metric && read.to === metric.distinct) {
      ids.add(read.id);
    } else if (
      read.type === 'bucket' &&
      'histogram' in metric &&
      read.histogram === metric.histogram
    ) {
      counts.set(read.bucket, (counts.get(read.bucket) ?? 0) + count);
    }
  }
  return 'distinct' in metric ? ids.size : quantileOf(counts, metric.permille);
}
