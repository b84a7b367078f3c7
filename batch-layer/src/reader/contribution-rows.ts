import { isReleasedViewName } from '@passport/model';
import { z } from 'zod';

import type { JsonRow } from '../duckdb/engine.ts';
import { parts } from '../tables/contributions-table.ts';
import type { BatchContributions } from './view-archive.ts';

/** A row; DuckDB tells of numbers of 64 bits in digits. */
const contributionRow = z.object({
  view: z.string().refine(isReleasedViewName),
  released_block: z.string(),
  node: z.string(),
  part: z.string(),
  name: z.string(),
  points: z.string(),
  value: z.string(),
});

/** Rows that are of one batch stand together. Throws ZodError for what no release has written. */
export function contributionsOf(rows: readonly JsonRow[]): BatchContributions[] {
  const batches: BatchContributions[] = [];
  let [last, sources, owners] = ['', [] as Source[], [] as Owner[]];
  for (const row of rows) {
    const {
      view,
      released_block: block,
      node,
      part,
      name: who,
      ...of
    } = contributionRow.parse(row);
    const name = JSON.stringify([view, block, node]);
    if (name !== last) {
      [last, sources, owners] = [name, [], []];
      const dimensions = JSON.parse(node) as readonly string[];
      batches.push({ view, dimensions, block: Number(block), sources, owners });
    }
    const events = BigInt(of.value);
    if (part === parts.source) sources.push({ source: who, events, points: BigInt(of.points) });
    else owners.push({ owner: who, events });
  }
  return batches;
}

type Source = BatchContributions['sources'][number];
type Owner = BatchContributions['owners'][number];
