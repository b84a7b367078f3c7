import { cellName } from '../facts/fact.ts';
import { byName } from './by-name.ts';
import { FactJoiner } from './fact-joiner.ts';
import { type NodeFacts, type PendingNode, roomFor } from './release-node.ts';
import { nodeAt, type ReleaseOrder } from './release-order.ts';

/** A node while facts come to it; they are added up when it is looked at. */
type GrowingNode = Omit<PendingNode, 'facts'> & { sinceEpoch: number; parts: NodeFacts[] };

/** Where cells wait in which vehicles move: beside the root, each epoch's apart. */
export function asideLevel({ dropped }: ReleaseOrder): number {
  return dropped.length + 1;
}

/** Nodes by level and name. What was put in is not changed. */
export class ReleaseLevels {
  readonly #order: ReleaseOrder;
  readonly #joiner: FactJoiner;
  readonly #levels: Map<string, GrowingNode>[];

  /** Of facts of so many keys. */
  constructor(order: ReleaseOrder, keys: number) {
    this.#order = order;
    this.#joiner = new FactJoiner(keys);
    this.#levels = Array.from(
      { length: asideLevel(order) + 1 },
      () => new Map<string, GrowingNode>(),
    );
  }

  /** Adds facts to the node that their cell has on their level. */
  put(node: PendingNode): void {
    const { level, sinceEpoch, facts } = node;
    const dimensions = nodeAt(this.#order, node.dimensions, level);
    const name = this.#nameOf({ dimensions, level, sinceEpoch });
    const nodes = this.#nodes(level);
    const there = nodes.get(name);
    if (there === undefined) {
      nodes.set(name, { dimensions, level, sinceEpoch, parts: [facts] });
      return;
    }
    there.sinceEpoch = Math.min(sinceEpoch, there.sinceEpoch);
    there.parts.push(facts);
  }

  remove(name: string, { level }: PendingNode): void {
    this.#nodes(level).delete(name);
  }

  /** Moves a node's facts to another level, where they begin to wait. */
  move(name: string, node: PendingNode, to: { level: number; epoch: number }): void {
    this.remove(name, node);
    const { dimensions, facts } = node;
    this.put({ dimensions, facts, level: to.level, sinceEpoch: to.epoch });
  }

  /** The nodes of a level as they are now, by name, in no order; those that came to nothing are gone. */
  of(level: number): [name: string, node: PendingNode][] {
    const nodes = this.#nodes(level);
    const joined = [...nodes.values()].filter(({ parts }) => parts.length > 1);
    const room = roomFor(joined.reduce((sum, { parts }) => sum + rowsIn(parts), 0));
    let start = 0;
    for (const node of joined) {
      const rows = rowsIn(node.parts);
      node.parts = [this.#joiner.join(node.parts, room, start)];
      start += rows;
    }
    return [...nodes].flatMap(([name, { parts, ...node }]): [string, PendingNode][] => {
      const [facts] = parts;
      if (facts === undefined || facts.start === facts.end) return [];
      return [[name, { ...node, facts }]];
    });
  }

  /** All nodes, level by level, by name; their facts lie together, and nothing else is kept of what they were. */
  all(): PendingNode[] {
    const nodes = this.#levels.flatMap((_, level) =>
      this.of(level)
        .sort(byName)
        .map(([, node]) => node),
    );
    const room = roomFor(rowsIn(nodes.map(({ facts }) => facts)));
    let start = 0;
    return nodes.map(({ facts, ...node }) => {
      room.keys.set(facts.keys.subarray(facts.start, facts.end), start);
      room.deltas.set(facts.deltas.subarray(facts.start, facts.end), start);
      const end = start + facts.end - facts.start;
      const own = { ...room, start, end };
      start = end;
      return { ...node, facts: own };
    });
  }

  #nameOf({ dimensions, level, sinceEpoch }: Omit<PendingNode, 'facts'>): string {
    if (level !== asideLevel(this.#order)) return cellName('', dimensions);
    return cellName('', [...dimensions, String(sinceEpoch)]);
  }

  #nodes(level: number): Map<string, GrowingNode> {
    const nodes = this.#levels[level];
    if (nodes === undefined) throw new RangeError(`there is no level ${level}`);
    return nodes;
  }
}

function rowsIn(parts: readonly NodeFacts[]): number {
  return parts.reduce((sum, { start, end }) => sum + end - start, 0);
}
