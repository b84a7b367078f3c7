import type { PendingNode } from '@passport/model';

import type { CodedColumn } from '../duckdb/coded-rows.ts';
import { codedTexts, ofRows } from '../duckdb/coded-texts.ts';
import { longsOf } from '../duckdb/longs.ts';
import type { RankedKeyParts } from '../epoch/ranked-keys.ts';
import type { PendingByView } from './pending-table.ts';

/** All that waits as its table has it: by column, sorted. */
export function pendingRows(
  pending: PendingByView,
  { measures, parts, order: keys, ranks }: RankedKeyParts,
): readonly CodedColumn[] {
  const all = [...pending].flatMap(([view, own]) => own.map((node) => ({ view, ...node })));
  const views = codedTexts(all.map(({ view }) => view));
  const names = codedTexts(all.map(({ dimensions }) => JSON.stringify(dimensions)));
  const levels = Int32Array.from(all, ({ level }) => level);
  const epochs = Int32Array.from(all, ({ sinceEpoch }) => sinceEpoch);
  const columns = [views.codes, levels, epochs, names.codes];
  const order = Int32Array.from(all.keys()).sort((a, b) => {
    const differing = columns.find((codes) => codes[a] !== codes[b]);
    return differing === undefined ? 0 : (differing[a] ?? 0) - (differing[b] ?? 0);
  });
  const nodes = Array.from(order, (node) => all[node]).filter((node) => node !== undefined);
  const { node, rank, delta } = rowsOf(nodes, ranks);
  const key = rank.map((own) => keys[own] ?? -1);
  const own = node.map((place) => order[place] ?? -1);
  return [
    ofRows(views, own),
    own.map((of) => levels[of] ?? -1),
    longsOf(own.length, (row) => epochs[own[row] ?? -1] ?? -1),
    ofRows(names, own),
    ofRows(measures, key),
    ofRows(parts, key),
    longsOf(delta.length, (row) => delta[row] ?? 0),
  ];
}

/** The rows of nodes, one node after the other: place of the node, rank of the key, and what is added. */
function rowsOf(nodes: readonly PendingNode[], ranks: Int32Array) {
  const count = nodes.reduce((sum, { facts }) => sum + facts.end - facts.start, 0);
  const [node, rank, delta] = [
    new Int32Array(count),
    new Int32Array(count),
    new Float64Array(count),
  ];
  const deltaOf = new Float64Array(ranks.length);
  let start = 0;
  for (const [place, { facts }] of nodes.entries()) {
    const end = start + facts.end - facts.start;
    for (let row = facts.start; row < facts.end; row += 1) {
      const own = ranks[facts.keys[row] ?? -1] ?? -1;
      rank[start + row - facts.start] = own;
      deltaOf[own] = facts.deltas[row] ?? 0;
    }
    // Each key is there once.
    rank.subarray(start, end).sort();
    for (let row = start; row < end; row += 1) delta[row] = deltaOf[rank[row] ?? -1] ?? 0;
    node.fill(place, start, end);
    start = end;
  }
  return { node, rank, delta };
}
