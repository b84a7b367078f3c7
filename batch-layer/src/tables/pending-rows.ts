import type { FactKeys, PendingNode } from '@passport/model';

import type { ColumnValues } from '../duckdb/coded-rows.ts';
import { type CodedTexts, codedTexts, ofRows, sortedByTexts } from '../duckdb/coded-texts.ts';
import { longsOf } from '../duckdb/longs.ts';
import { partOf } from '../epoch/cell-sums.ts';
import type { PendingByView } from './pending-table.ts';

/** All that waits as its table has it: by column, sorted. */
export function pendingRows(pending: PendingByView, keys: FactKeys): readonly ColumnValues[] {
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
  const { measures, parts, ranks } = rankedKeys(nodes, keys);
  const { node, rank, delta } = rowsOf(nodes, ranks);
  const own = node.map((place) => order[place] ?? -1);
  return [
    ofRows(views, own),
    own.map((of) => levels[of] ?? -1),
    longsOf(own.length, (row) => epochs[own[row] ?? -1] ?? -1),
    ofRows(names, own),
    ofRows(measures, rank),
    ofRows(parts, rank),
    longsOf(delta.length, (row) => delta[row] ?? 0),
  ];
}

/** Keys of some nodes as they are sorted: measure and part by rank, and the ranks by the number of a key. */
type RankedKeys = {
  readonly measures: CodedTexts;
  readonly parts: CodedTexts;
  readonly ranks: Int32Array;
};

function rankedKeys(nodes: readonly PendingNode[], keys: FactKeys): RankedKeys {
  const isUsed = new Uint8Array(keys.size);
  for (const { facts } of nodes) {
    for (let row = facts.start; row < facts.end; row += 1) isUsed[facts.keys[row] ?? -1] = 1;
  }
  const used: number[] = [];
  for (let key = 0; key < isUsed.length; key += 1) if (isUsed[key] === 1) used.push(key);
  const named = used.map((key) => partOf(keys.readOf(key)));
  const measures = codedTexts(named.map(([measure]) => measure));
  const parts = codedTexts(named.map(([, part]) => part));
  const order = sortedByTexts(used.length, [measures, parts]);
  const ranks = new Int32Array(keys.size);
  for (const [rank, place] of order.entries()) ranks[used[place] ?? -1] = rank;
  return { measures: ofRows(measures, order), parts: ofRows(parts, order), ranks };
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
