import {
  isReleasedViewName,
  nodeFacts,
  type PendingNode,
  type ReleasedViewName,
} from '@passport/model';

import type { Column } from '../delta/delta-schema.ts';
import type { ParquetLayout } from '../duckdb/write-parquet.ts';
import { keyOfRow } from './view-table.ts';

/** Name of the table of what waits to be released. It has vids: nobody but the batch layer reads it. */
export const PENDING = 'pending_release';

/** Its columns: the node, as JSON, and how the facts that wait there add up. */
export const pendingColumns: readonly Column[] = [
  { name: 'view', type: 'string', id: 1 },
  { name: 'level', type: 'integer', id: 2 },
  { name: 'since_epoch', type: 'long', id: 3 },
  { name: 'node', type: 'string', id: 4 },
  { name: 'measure', type: 'string', id: 5 },
  { name: 'part', type: 'string', id: 6 },
  { name: 'value', type: 'long', id: 7 },
];

export const pendingLayout: ParquetLayout = {
  columns: pendingColumns,
  orderBy: ['view', 'level', 'since_epoch', 'node', 'measure', 'part'],
};

/** What waits, by view. */
export type PendingByView = ReadonlyMap<ReleasedViewName, readonly PendingNode[]>;

/** Puts rows together to what waited. */
export class PendingReader {
  readonly #nodes = new Map<string, { readonly of: NodeRow; readonly keys: [string, number][] }>();

  add(row: NodeRow & { measure: string; part: string; value: number }): void {
    const { view, level, sinceEpoch, node, measure, part, value } = row;
    const name = JSON.stringify([view, level, sinceEpoch, node]);
    let read = this.#nodes.get(name);
    if (read === undefined) {
      read = { of: { view, level, sinceEpoch, node }, keys: [] };
      this.#nodes.set(name, read);
    }
    read.keys.push([keyOfRow(measure, part), value]);
  }

  pending(): PendingByView {
    const pending = new Map<ReleasedViewName, PendingNode[]>();
    for (const { of, keys } of this.#nodes.values()) {
      const { view, level, sinceEpoch, node } = of;
      if (!isReleasedViewName(view)) throw new Error(`a view that nothing is released of: ${view}`);
      const dimensions = JSON.parse(node) as readonly string[];
      const nodes = pending.get(view) ?? [];
      nodes.push({ level, sinceEpoch, dimensions, facts: nodeFacts(keys, []) });
      pending.set(view, nodes);
    }
    return pending;
  }
}

type NodeRow = {
  readonly view: string;
  readonly level: number;
  readonly sinceEpoch: number;
  /** Dimensions, as JSON. */
  readonly node: string;
};
