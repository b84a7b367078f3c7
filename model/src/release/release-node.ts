import { readKey, type ReadKey } from '../facts/fact.ts';
import { byName } from './by-name.ts';
import { type FactKeys, keyKinds } from './fact-keys.ts';

/** Facts by column: the number of a key, and what is added. */
export type FactRows = { readonly keys: Int32Array; readonly deltas: Float64Array };

/**
 * Facts of one place, a range of rows: what they add to sums and buckets, and to whom they refer, of which numbers are
 * events that come less those that are taken back. Each key is there once, in no order, and nothing is 0.
 */
export type NodeFacts = FactRows & { readonly start: number; readonly end: number };

/** Facts that wait at a node. */
export type PendingNode = {
  readonly facts: NodeFacts;
  readonly dimensions: readonly string[];
  readonly level: number;
  /** The epoch in which the first of them came to this level. */
  readonly sinceEpoch: number;
};

/** Room for so many facts. */
export function roomFor(rows: number): FactRows {
  return { keys: new Int32Array(rows), deltas: new Float64Array(rows) };
}

/** The facts of a cell; measures in `withheld` are left out, what is 0, and references that releasing does not know. */
export function nodeFacts(
  facts: Iterable<readonly [key: string, delta: number]>,
  withheld: readonly string[],
  keys: FactKeys,
  readKeyOf: (key: string) => ReadKey = readKey,
): NodeFacts {
  const kept: (readonly [number, number])[] = [];
  for (const [key, delta] of facts) {
    if (delta === 0 || withheld.includes(key)) continue;
    const number = keys.numberOf(key, readKeyOf);
    if (keys.kinds[number] !== keyKinds.other) kept.push([number, delta]);
  }
  return {
    keys: Int32Array.from(kept, ([key]) => key),
    deltas: Float64Array.from(kept, ([, delta]) => delta),
    ...{ start: 0, end: kept.length },
  };
}

/** Sums and buckets of some facts by key, sorted. */
export function sumsOf(facts: NodeFacts, keys: FactKeys): Map<string, number> {
  return new Map(
    rowsOfKind(facts, keys, keyKinds.sum)
      .map(([key, delta]): [string, number] => [keys.keyOf(key), delta])
      .sort(byName),
  );
}

/** The rows of some facts that are of one kind. */
export function rowsOfKind(
  { keys, deltas, start, end }: NodeFacts,
  { kinds }: FactKeys,
  kind: number,
): (readonly [key: number, delta: number])[] {
  const rows: (readonly [number, number])[] = [];
  for (let row = start; row < end; row += 1) {
    const key = keys[row] ?? -1;
    if (kinds[key] === kind) rows.push([key, deltas[row] ?? 0]);
  }
  return rows;
}
