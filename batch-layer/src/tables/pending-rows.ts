import { MOVING, type NodeFacts } from '@passport/model';

import type { ColumnValues } from '../duckdb/coded-rows.ts';
import { codedTexts, ofRows, sortedByRank } from '../duckdb/coded-texts.ts';
import { measureOf } from '../epoch/cell-sums.ts';
import { TextNumbers } from '../epoch/text-numbers.ts';
import type { PendingByView } from './pending-table.ts';

/** All that waits as its table has it: by column, sorted. */
export function pendingRows(pending: PendingByView): readonly ColumnValues[] {
  const nodes = [...pending].flatMap(([view, own]) => own.map((node) => ({ view, ...node })));
  const views = codedTexts(nodes.map(({ view }) => view));
  const names = codedTexts(nodes.map(({ dimensions }) => JSON.stringify(dimensions)));
  const levels = Int32Array.from(nodes, ({ level }) => level);
  const epochs = BigInt64Array.from(nodes, ({ sinceEpoch }) => BigInt(sinceEpoch));
  const of = (codes: Int32Array | BigInt64Array, node: number): number => Number(codes[node]);
  const order = [...nodes.keys()].sort((a, b) => {
    const columns = [views.codes, levels, epochs, names.codes];
    const differing = columns.find((codes) => codes[a] !== codes[b]);
    return differing === undefined ? 0 : of(differing, a) - of(differing, b);
  });
  const rows = new FactRows();
  for (const [node, { facts }] of nodes.entries()) rows.add(node, facts);
  const ranks = new Int32Array(nodes.length);
  for (const [rank, node] of order.entries()) ranks[node] = rank;
  const { nodeOfRow, measure, part, value } = rows.sortedBy(ranks);
  return [
    ofRows(views, nodeOfRow),
    nodeOfRow.map((node) => levels[node] ?? -1),
    BigInt64Array.from(nodeOfRow, (node) => epochs[node] ?? -1n),
    ofRows(names, nodeOfRow),
    ...[measure, part, value],
  ];
}

/** Facts of nodes on their way to be rows. */
class FactRows {
  readonly #measures = new TextNumbers();
  readonly #parts = new TextNumbers();
  /** A row is the number of its node, of its measure and its part, and what is added. */
  readonly #nodes: number[] = [];
  readonly #measureOf: number[] = [];
  readonly #partOf: number[] = [];
  readonly #values: number[] = [];

  add(node: number, { sums, vehicles, moving, contributors }: NodeFacts): void {
    for (const [key, value] of sums) this.#push(node, measureOf(key), value);
    for (const [vid, count] of vehicles) this.#push(node, ['vehicle', vid], count);
    for (const [vid, count] of moving) this.#push(node, [MOVING, vid], count);
    for (const [source, count] of contributors) this.#push(node, ['contributor', source], count);
  }

  /** The rows by the rank of their node, then by measure and part. */
  sortedBy(ranks: Int32Array) {
    const measures = codedTexts(this.#measures.texts());
    const parts = codedTexts(this.#parts.texts());
    const numbers = {
      node: Int32Array.from(this.#nodes),
      measure: Int32Array.from(this.#measureOf),
      part: Int32Array.from(this.#partOf),
    };
    const all = Int32Array.from(this.#nodes.keys());
    const { node, measure, part } = numbers;
    const byPart = sortedByRank(all, parts.texts.length, (row) => codeAt(parts.codes, part, row));
    const byMeasure = sortedByRank(byPart, measures.texts.length, (row) =>
      codeAt(measures.codes, measure, row),
    );
    const sorted = sortedByRank(byMeasure, ranks.length, (row) => codeAt(ranks, node, row));
    return {
      nodeOfRow: sorted.map((row) => node[row] ?? -1),
      measure: ofRows(
        measures,
        sorted.map((row) => measure[row] ?? -1),
      ),
      part: ofRows(
        parts,
        sorted.map((row) => part[row] ?? -1),
      ),
      value: BigInt64Array.from(sorted, (row) => BigInt(this.#values[row] ?? 0)),
    };
  }

  #push(node: number, [measure, part]: readonly [string, string], value: number): void {
    this.#nodes.push(node);
    this.#measureOf.push(this.#measures.of(measure));
    this.#partOf.push(this.#parts.of(part));
    this.#values.push(value);
  }
}

function codeAt(codes: Int32Array, numbers: Int32Array, row: number): number {
  return codes[numbers[row] ?? -1] ?? -1;
}
