import { isReleasedViewName } from '@passport/model';

import type { JsonRow } from '../duckdb/engine.ts';
import { parts } from '../tables/contributions-table.ts';
import type { BatchContributions } from './view-archive.ts';

/** Rows that are of one batch stand together. Throws Error for what no release has written. */
export function contributionsOf(rows: readonly JsonRow[]): BatchContributions[] {
  const batches: BatchContributions[] = [];
  let [last, sources, owners] = ['', [] as Source[], [] as Owner[]];
  for (const row of rows) {
    const [view, block, node] = [String(row['view']), Number(row['released_block']), row['node']];
    const name = JSON.stringify([view, block, node]);
    if (name !== last) {
      if (!isReleasedViewName(view)) throw new Error(`nothing is released of ${view}`);
      [last, sources, owners] = [name, [], []];
      const dimensions = JSON.parse(String(node)) as readonly string[];
      batches.push({ view, dimensions, block, sources, owners });
    }
    const [who, events] = [String(row['name']), BigInt(String(row['value']))];
    const points = BigInt(String(row['points']));
    if (row['part'] === parts.source) sources.push({ source: who, events, points });
    else owners.push({ owner: who, events });
  }
  return batches;
}

type Source = BatchContributions['sources'][number];
type Owner = BatchContributions['owners'][number];
