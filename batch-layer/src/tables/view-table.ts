import {
  BUCKET_MARK,
  bucketKey,
  MOVING,
  OWNERS_VIEW,
  REFERENCE_MARK,
  referenceKey,
  sumKey,
  type View,
} from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import { literal } from '../duckdb/sql.ts';
import type { ParquetLayout } from '../duckdb/write-parquet.ts';

/** Name of a view's table. */
export function viewTableName(view: View): string {
  return `view_${view.name}`;
}

/**
 * Columns of a view's table: its dimensions, the measure, which part of it (nothing of a sum, the
 * bucket of a histogram, the id that is referred to), and what is added. A cell's number is the sum of
 * its rows.
 */
export function viewColumns(view: View): readonly Column[] {
  const dimensions = view.dimensions.map(({ name }, index): Column => ({
    name,
    type: 'string',
    id: index + 1,
  }));
  const next = dimensions.length + 1;
  return [
    ...dimensions,
    { name: 'measure', type: 'string', id: next },
    { name: 'part', type: 'string', id: next + 1 },
    { name: 'value', type: 'long', id: next + 2 },
  ];
}

/** How a view's files are laid out. */
export function viewLayout(view: View): ParquetLayout {
  const columns = viewColumns(view);
  const orderBy = columns.map(({ name }) => name).filter((name) => name !== 'value');
  return { columns, orderBy };
}

/** The private view as a table: nobody is answered from it. */
export const ownersTable: View = {
  name: OWNERS_VIEW,
  means: 'Who owns which vehicle',
  dimensions: [{ name: 'vid', means: 'the vehicle' }],
  metrics: {},
};

const referred = new Set(['vehicle', 'contributor', 'owner', MOVING]);

/** The key of a row: of its measure and which part of it. */
export function keyOfRow(measure: string, part: string): string {
  if (part === '') return sumKey(measure);
  return referred.has(measure) ? referenceKey(measure, part) : bucketKey(measure, Number(part));
}

const references = [...referred].map(literal).join(', ');

/** As {@link keyOfRow}, in SQL. */
export const keyOfRowSql = `CASE WHEN part = '' THEN measure
  WHEN measure IN (${references}) THEN measure || ${literal(REFERENCE_MARK)} || part
  ELSE measure || ${literal(BUCKET_MARK)} || part END`;
