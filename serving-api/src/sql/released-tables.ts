import {
  DuckDBMapValue,
  type DuckDBType,
  type DuckDBValue,
  BIGINT,
  INTEGER,
  MAP,
  VARCHAR,
} from '@duckdb/node-api';
import type { ReleasedBatch } from '@passport/batch-layer';
import { readKey, releasedMeasures, type ReleasedViewName, releasedViews } from '@passport/model';

/** A column of a table of batches. */
export type TableColumn = {
  readonly name: string;
  readonly sqlType: string;
  readonly type: DuckDBType;
};

/** Name of the table of a view's batches, as in the archive. */
export function tableOf(view: ReleasedViewName): string {
  return `released_${view}`;
}

const crowd = ['vehicles', 'owners', 'contributors'] as const;

/**
 * Columns of a view's table, a row for each batch, as the archive has them: dimensions, the block at whose
 * end it left, of how many it is, sums, and histograms as counts by bucket.
 */
export function tableColumns(view: ReleasedViewName): readonly TableColumn[] {
  const { sums, histograms } = releasedMeasures(view);
  return [
    ...dimensionsOf(view).map((name) => ({ name, sqlType: 'VARCHAR', type: VARCHAR })),
    ...['released_block', ...crowd, ...sums].map((name) => ({
      ...{ name: columnOf(name), sqlType: 'BIGINT', type: BIGINT },
    })),
    ...histograms.map((name) => ({
      ...{ name: columnOf(name), sqlType: 'MAP(INTEGER, BIGINT)', type: MAP(INTEGER, BIGINT) },
    })),
  ];
}

/** Batches of a view as values by column. */
export function tableValues(
  view: ReleasedViewName,
  batches: readonly ReleasedBatch[],
): DuckDBValue[][] {
  const { sums, histograms } = releasedMeasures(view);
  const dimensions = dimensionsOf(view);
  const read = batches.map((batch) => ({ batch, ...measured(batch) }));
  return [
    ...dimensions.map((_, place) => read.map(({ batch }) => batch.dimensions[place] ?? '')),
    read.map(({ batch }) => BigInt(batch.block)),
    ...[...crowd, ...sums].map((name) => read.map(({ numbers }) => numbers.get(name) ?? 0n)),
    ...histograms.map((name) =>
      read.map(({ buckets }) => new DuckDBMapValue(buckets.get(name) ?? [])),
    ),
  ];
}

type Bucket = { readonly key: number; readonly value: bigint };

function measured({ sums }: ReleasedBatch) {
  const numbers = new Map<string, bigint>();
  const buckets = new Map<string, Bucket[]>();
  for (const [key, value] of sums) {
    const read = readKey(key);
    if (read.type === 'sum') numbers.set(read.measure, BigInt(value));
    else if (read.type === 'bucket') {
      const counts = buckets.get(read.histogram) ?? [];
      counts.push({ key: read.bucket, value: BigInt(value) });
      buckets.set(read.histogram, counts);
    }
  }
  for (const counts of buckets.values()) counts.sort((a, b) => a.key - b.key);
  return { numbers, buckets };
}

function dimensionsOf(view: ReleasedViewName): readonly string[] {
  return releasedViews[view].dimensions.map(({ name }) => name);
}

/** A measure's column: a word. Flags have hyphens. */
function columnOf(measure: string): string {
  return measure.replaceAll('-', '_');
}
