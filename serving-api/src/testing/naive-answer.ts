import {
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

type Sums = ReadonlyMap<string, number>;

/** The rows of an answer, from all facts there ever were: no cube, no index, nothing kept. */
export function naiveRows(
  facts: readonly Fact[],
  query: ViewQuery,
  ledgerTimeMs: number,
): (string | number | null)[][] {
  const view: View = views[query.view];
  const cells = new Map<string, Map<string, number>>();
  for (const { cell, key, delta } of facts) {
    const sums = cells.get(cell) ?? new Map<string, number>();
    cells.set(cell, sums.set(key, (sums.get(key) ?? 0) + delta));
  }
  const groups = new Map<string, { readonly values: string[]; readonly cells: Sums[] }>();
  if (query.by.length === 0) groups.set('[]', { values: [], cells: [] });
  for (const [name, sums] of cells) {
    const { view: of, dimensions } = readCellName(name);
    const value = (dimension: string): string =>
      dimensions[view.dimensions.findIndex((each) => each.name === dimension)] ?? '';
    const isThere = [...sums.values()].some((sum) => sum !== 0);
    if (of !== query.view || !isThere || !isWanted(query, value, ledgerTimeMs)) continue;
    const values = query.by.map(value);
    const group = groups.get(JSON.stringify(values)) ?? { values, cells: [] };
    group.cells.push(sums);
    groups.set(JSON.stringify(values), group);
  }
  return [...groups.values()]
    .sort((a, b) => compare(a.values, b.values))
    .map((group) => [
      ...group.values,
      ...query.metrics.map((metric) => valueOf(view.metrics[metric], group.cells)),
    ]);
}

function isWanted(
  { view, filters, from, to }: ViewQuery,
  value: (dimension: string) => string,
  ledgerTimeMs: number,
): boolean {
  const day = value('day');
  if ((from !== undefined && day < from) || (to !== undefined && day > to)) return false;
  if (!Object.entries(filters).every(([name, values]) => values.includes(value(name))))
    return false;
  if (view !== 'activity') return true;
  const window = windows.find(({ name }) => name === value('window'));
  return window !== undefined && value('bucket') >= firstBucket(window, ledgerTimeMs);
}

function valueOf(metric: Metric | undefined, cells: readonly Sums[]): number | null {
  if (metric === undefined) throw new Error('no such metric');
  const sum = (key: string): number => cells.reduce((all, sums) => all + (sums.get(key) ?? 0), 0);
  if ('sum' in metric) return sum(metric.sum);
  if ('ratio' in metric) {
    const below = sum(metric.ratio[1]);
    return below === 0 ? null : sum(metric.ratio[0]) / below;
  }
  const counts = new Map<number, number>();
  const ids = new Set<string>();
  for (const [key, count] of cells.flatMap((sums) => [...sums])) {
    const read = readKey(key);
    if (count === 0 || read.type === 'sum') continue;
    if (read.type === 'reference') {
      if ('distinct' in metric && read.to === metric.distinct) ids.add(read.id);
    } else if ('histogram' in metric && read.histogram === metric.histogram) {
      counts.set(read.bucket, (counts.get(read.bucket) ?? 0) + count);
    }
  }
  return 'distinct' in metric ? ids.size : quantileOf(counts, metric.permille);
}

function compare(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((text, at) => text !== b[at]);
  return index < 0 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
