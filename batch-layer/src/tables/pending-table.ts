import {
  type FactKeys,
  isReleasedViewName,
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
  readonly #keys: FactKeys;
  readonly #nodes = new Map<string, GrowingNode>();
  /** Rows of a node lie together. */
  #last: GrowingNode | undefined;

  /** Whose facts have keys of these numbers. */
  constructor(keys: FactKeys) {
    this.#keys = keys;
  }

  add(row: NodeRow & { measure: string; part: string; value: number }): void {
    if (this.#last === undefined || !isSame(this.#last.of, row)) this.#last = this.#nodeOf(row);
    this.#last.keys.push(this.#keys.numberOf(keyOfRow(row.measure, row.part)));
    this.#last.deltas.push(row.value);
  }

  pending(): PendingByView {
    const pending = new Map<ReleasedViewName, PendingNode[]>();
    for (const { of, keys, deltas } of this.#nodes.values()) {
      const { view, level, sinceEpoch, node } = of;
      if (!isReleasedViewName(view)) throw new Error(`a view that nothing is released of: ${view}`);
      const dimensions = JSON.parse(node) as readonly string[];
      const rows = { keys: Int32Array.from(keys), deltas: Float64Array.from(deltas) };
      const nodes = pending.get(view) ?? [];
      const facts = { ...rows, start: 0, end: keys.length };
      nodes.push({ level, sinceEpoch, dimensions, facts });
      pending.set(view, nodes);
    }
    return pending;
  }

  #nodeOf({ view, level, sinceEpoch, node }: NodeRow): GrowingNode {
    const name = JSON.stringify([view, level, sinceEpoch, node]);
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const made = { of: { view, level, sinceEpoch, node }, keys: [], deltas: [] };
    this.#nodes.set(name, made);
    return made;
  }
}

function isSame(a: NodeRow, b: NodeRow): boolean {
  return (
    a.node === b.node && a.level === b.level && a.sinceEpoch === b.sinceEpoch && a.view === b.view
  );
}

type GrowingNode = {
  readonly of: NodeRow;
  readonly keys: number[];
  readonly deltas: number[];
};

type NodeRow = {
  readonly view: string;
  readonly level: number;
  readonly sinceEpoch: number;
  /** Dimensions, as JSON. */
  readonly node: string;
};
