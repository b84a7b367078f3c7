import { type Batch, type ReleasedViewName } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import type { Cell } from '../duckdb/cells.ts';
import type { ParquetLayout } from '../duckdb/write-parquet.ts';
import type { SourceQuality } from '../release/source-quality.ts';

/**
 * Name of the table of who is in which batch, and how often. It is the operator's: settlements share money out by
 * it. It has no vids, but owners, as references; it is served to nobody.
 */
export const CONTRIBUTIONS = 'contributions';

/** Its columns: a row is a source or an owner in a batch, or the quality of what a source recorded in an epoch. */
export const contributionColumns: readonly Column[] = [
  { name: 'view', type: 'string', id: 1 },
  { name: 'released_block', type: 'long', id: 2 },
  /** The batch's dimensions, as JSON. */
  { name: 'node', type: 'string', id: 3 },
  { name: 'part', type: 'string', id: 4 },
  { name: 'name', type: 'string', id: 5 },
  { name: 'points', type: 'long', id: 6 },
  { name: 'value', type: 'long', id: 7 },
];

export const contributionsLayout: ParquetLayout = {
  columns: contributionColumns,
  orderBy: ['view', 'released_block', 'node', 'part', 'name'],
};

/** What a row's `part` says it is. */
export const parts = { source: 'source', owner: 'owner', quality: 'quality' } as const;

/**
 * The rows of an epoch. `value` is the events of a source or an owner in a batch, `points` of a source these times
 * its mean quality up to now, rounded down. Rows of quality have no batch: events and points of a source that
 * the epoch adds.
 */
export function* contributionRows(
  block: number,
  batches: ReadonlyMap<ReleasedViewName, readonly Batch[]>,
  quality: SourceQuality,
): Generator<readonly Cell[]> {
  for (const [view, list] of batches) {
    for (const { dimensions, bySource, byOwner } of list) {
      const batch = [view, BigInt(block), JSON.stringify(dimensions)];
      for (const [source, events] of bySource) {
        yield [...batch, parts.source, source, quality.pointsOf(source, events), BigInt(events)];
      }
      for (const [owner, events] of byOwner) {
        yield [...batch, parts.owner, owner, 0n, BigInt(events)];
      }
    }
  }
  for (const [source, { events, points }] of quality.fresh()) {
    yield ['', BigInt(block), '', parts.quality, source, points, events];
  }
}
