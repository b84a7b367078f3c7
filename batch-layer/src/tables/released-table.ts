import { type Batch, bucketKey, readKey, releasedMeasures, views } from '@passport/model';
import type { ReleasedViewName } from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import type { Cell } from '../duckdb/cells.ts';
import type { ParquetLayout } from '../duckdb/write-parquet.ts';

/** Name of the table of a view's batches. Anybody may read it: it has no vids. */
export function releasedTableName(view: ReleasedViewName): string {
  return `released_${view}`;
}

const crowd = ['vehicles', 'owners', 'contributors'] as const;

/** A measure's column: a word. Flags have hyphens. */
function columnOf(measure: string): string {
  return measure.replaceAll('-', '_');
}

/**
 * Columns of a table of batches, a row each: dimensions, `*` in those that its facts were not told apart
 * by; the block at whose end it left; of how many vehicles, owners and sources it is; sums; and
 * histograms, as counts by bucket. New ones come last: field ids are for ever.
 */
export function releasedColumns(view: ReleasedViewName): readonly Column[] {
  const { sums, histograms } = releasedMeasures(view);
  const longs = ['released_block', ...crowd, ...sums.map(columnOf)];
  let id = 0;
  return [
    ...views[view].dimensions.map(({ name }): Column => ({ name, type: 'string', id: ++id })),
    ...longs.map((name): Column => ({ name, type: 'long', id: ++id })),
    ...histograms.map((name): Column => ({
      name: columnOf(name),
      id: ++id,
      type: { keys: 'integer', keyId: ++id, values: 'long', valueId: ++id },
    })),
  ];
}

/** How files of batches are laid out. */
export function releasedLayout(view: ReleasedViewName): ParquetLayout {
  const dimensions = views[view].dimensions.map(({ name }) => name);
  return { columns: releasedColumns(view), orderBy: [...dimensions, 'released_block'] };
}

/** A batch as a row. Throws Error where it has what no column is there for. */
export function batchCells(view: ReleasedViewName, block: number, batch: Batch): readonly Cell[] {
  const { sums, histograms } = releasedMeasures(view);
  const buckets = new Map(histograms.map((name) => [name, [] as [number, bigint][]]));
  const known = new Set(sums);
  for (const [key, value] of batch.sums) {
    const read = readKey(key);
    if (read.type === 'sum' && known.has(read.measure)) continue;
    const counts = read.type === 'bucket' ? buckets.get(read.histogram) : undefined;
    if (counts === undefined || read.type !== 'bucket') throw new Error(`no column for ${key}`);
    counts.push([read.bucket, BigInt(value)]);
  }
  const numbers = [block, batch.vehicles, batch.owners, batch.contributors];
  return [
    ...batch.dimensions,
    ...[...numbers, ...sums.map((measure) => batch.sums.get(measure) ?? 0)].map(BigInt),
    ...[...buckets.values()].map((counts) => counts.sort(([a], [b]) => a - b)),
  ];
}

/** What {@link batchCells} has written, by column; the crowd's counts are sums too. */
export function batchOfRow(
  view: ReleasedViewName,
  row: Readonly<Record<string, unknown>>,
): { readonly dimensions: readonly string[]; readonly block: number; readonly sums: Sums } {
  const { sums: measures, histograms } = releasedMeasures(view);
  const sums: [string, number][] = [
    ['batches', 1],
    ...crowd.map((name): [string, number] => [name, Number(row[name])]),
    ...measures.map((measure): [string, number] => [measure, Number(row[columnOf(measure)])]),
  ];
  for (const histogram of histograms) {
    const counts = row[columnOf(histogram)] as readonly { key: unknown; value: unknown }[];
    for (const { key, value } of counts) {
      sums.push([bucketKey(histogram, Number(key)), Number(value)]);
    }
  }
  return {
    dimensions: views[view].dimensions.map(({ name }) => String(row[name])),
    block: Number(row['released_block']),
    sums: sums.filter(([, value]) => value !== 0),
  };
}

type Sums = readonly (readonly [key: string, value: number])[];
