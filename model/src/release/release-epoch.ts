import { cellName } from '../facts/fact.ts';
import { isNothing, JoinedFacts, type NodeFacts, type PendingNode } from './release-node.ts';
import { nodeAt, patienceOf, type ReleaseOrder } from './release-order.ts';
import { crowdOf, type ReleaseRule } from './release-rule.ts';

/** Facts that leave together: a crowd by itself, and in no other batch. */
export type Batch = {
  readonly dimensions: readonly string[];
  readonly level: number;
  /** What they add to sums and buckets, by key. */
  readonly sums: ReadonlyMap<string, number>;
  /** Vehicles, their owners and sources that have more events in it than it takes back. */
  readonly vehicles: number;
  readonly owners: number;
  readonly contributors: number;
  /** Who these are: events that come less those that are taken back, by source and by owner. For nobody's eyes. */
  readonly bySource: ReadonlyMap<string, number>;
  readonly byOwner: ReadonlyMap<string, number>;
};

/** What an epoch comes to: what leaves, and what goes on waiting; both in a fixed order. */
export type Released = {
  readonly batches: readonly Batch[];
  readonly pending: readonly PendingNode[];
};

/** What an epoch adds to a cell. */
export type CellOfEpoch = { readonly dimensions: readonly string[]; readonly facts: NodeFacts };

/** An epoch of one view. */
export type EpochOfView = {
  readonly order: ReleaseOrder;
  readonly rule: ReleaseRule;
  readonly epoch: number;
  /** What waits since the epochs before. */
  readonly pending: readonly PendingNode[];
  readonly cells: Iterable<CellOfEpoch>;
  /** A vehicle's owner at the end of the epoch. */
  readonly ownerOf: (vid: string) => string;
};

/**
 * Releases an epoch of a view. From the cells to the root: what is a crowd leaves as it is, what has
 * waited long enough goes on to where one dimension more is any. A pure function; the order of cells
 * and facts says nothing.
 *
 * A vehicle of which events are taken back from some cell moves: what comes of it in others may have been
 * released before, as something else. So what comes of it makes no crowd, and cells with it go round
 * all that: they wait until all facts before them are at the root or out, and join them there. So nothing
 * is taken back, or comes again, before it was released, and every combination of batches has the crowd
 * of the latest of them in it: see docs/decisions/0010-released-batches.md.
 */
export function releaseEpoch(wanted: EpochOfView): Released {
  const { order, rule, epoch, pending, cells, ownerOf } = wanted;
  const root = order.dropped.length;
  const levels = new Levels(order);
  for (const node of pending) levels.put(node);
  const all = [...cells];
  const moving = movingIn(all);
  for (const { dimensions, facts } of all) {
    const isMoving = moving.size > 0 && [...facts.vehicles.keys()].some((vid) => moving.has(vid));
    const level = isMoving ? asideLevel(order) : 0;
    const counted = isMoving ? apart(facts, moving) : facts;
    levels.put({ facts: counted, dimensions, level, sinceEpoch: epoch });
  }
  for (const [name, node] of levels.of(asideLevel(order))) {
    if (epoch - node.sinceEpoch < patienceOf(order)) continue;
    levels.move(name, node, { level: root, epoch });
  }
  const batches: Batch[] = [];
  for (let level = 0; level <= root; level += 1) {
    const patience = order.patienceEpochs[level] ?? Number.POSITIVE_INFINITY;
    for (const [name, node] of levels.of(level)) {
      const crowd = crowdOf(node.facts, ownerOf, rule);
      if (crowd.isSafe) {
        levels.remove(name, node);
        batches.push(batchOf(node, crowd, ownerOf));
      } else if (epoch - node.sinceEpoch >= patience) {
        levels.move(name, node, { level: level + 1, epoch });
      }
    }
  }
  return { batches, pending: levels.all() };
}

/** Vehicles of which an epoch takes back more events than come, in some cell. */
function movingIn(cells: readonly CellOfEpoch[]): ReadonlySet<string> {
  const moving = new Set<string>();
  for (const { facts } of cells) {
    for (const [vid, events] of facts.vehicles) if (events < 0) moving.add(vid);
  }
  return moving;
}

/** Facts with what comes of vehicles that move counted apart. */
function apart(facts: NodeFacts, moving: ReadonlySet<string>): NodeFacts {
  const comes = ([vid, events]: readonly [string, number]): boolean =>
    events > 0 && moving.has(vid);
  const all = [...facts.vehicles];
  return {
    ...facts,
    vehicles: new Map(all.filter((each) => !comes(each))),
    moving: new Map(all.filter(comes)),
  };
}

/** Where cells wait in which vehicles move: beside the root, each epoch's apart. */
function asideLevel({ dropped }: ReleaseOrder): number {
  return dropped.length + 1;
}

function batchOf(
  node: PendingNode,
  crowd: { vehicles: number; owners: number },
  ownerOf: (vid: string) => string,
): Batch {
  const { dimensions, level, facts } = node;
  const bySource = new Map([...facts.contributors].filter(([, events]) => events > 0).sort(byKey));
  const byOwner = new Map<string, number>();
  for (const [vid, events] of facts.vehicles) {
    const owner = ownerOf(vid);
    if (events > 0) byOwner.set(owner, (byOwner.get(owner) ?? 0) + events);
  }
  return {
    ...{ dimensions, level, sums: new Map([...facts.sums].sort(byKey)) },
    ...{ vehicles: crowd.vehicles, owners: crowd.owners, contributors: bySource.size },
    ...{ bySource, byOwner: new Map([...byOwner].sort(byKey)) },
  };
}

/** Nodes by level and name. What was put in is not changed. */
class Levels {
  readonly #order: ReleaseOrder;
  readonly #levels: Map<string, PendingNode>[];
  /** Facts that were joined here, and that only the node has that they are of: they can grow. */
  readonly #own = new WeakSet<NodeFacts>();

  constructor(order: ReleaseOrder) {
    this.#order = order;
    this.#levels = Array.from(
      { length: asideLevel(order) + 1 },
      () => new Map<string, PendingNode>(),
    );
  }

  /** Adds facts to the node that their cell has on their level. */
  put(node: PendingNode): void {
    const { level } = node;
    const dimensions = nodeAt(this.#order, node.dimensions, level);
    const name = this.#nameOf({ ...node, dimensions });
    const nodes = this.#nodes(level);
    const there = nodes.get(name);
    if (there === undefined) {
      const { facts, sinceEpoch } = node;
      nodes.set(name, { dimensions, level, sinceEpoch, facts });
      return;
    }
    const sinceEpoch = Math.min(node.sinceEpoch, there.sinceEpoch);
    nodes.set(name, { dimensions, level, sinceEpoch, facts: this.#join(there.facts, node.facts) });
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

  /** The nodes of a level as they are now, by name; those that came to nothing are gone. */
  of(level: number): [name: string, node: PendingNode][] {
    return [...this.#nodes(level)].filter(([, { facts }]) => !isNothing(facts)).sort(byKey);
  }

  all(): PendingNode[] {
    return this.#levels.flatMap((_, level) => this.of(level).map(([, node]) => node));
  }

  #join(there: NodeFacts, more: NodeFacts): NodeFacts {
    if (there instanceof JoinedFacts && this.#own.has(there)) {
      there.add(more);
      return there;
    }
    const joined = new JoinedFacts();
    joined.add(there);
    joined.add(more);
    this.#own.add(joined);
    return joined;
  }

  #nameOf({ dimensions, level, sinceEpoch }: PendingNode): string {
    if (level !== asideLevel(this.#order)) return cellName('', dimensions);
    return cellName('', [...dimensions, String(sinceEpoch)]);
  }

  #nodes(level: number): Map<string, PendingNode> {
    const nodes = this.#levels[level];
    if (nodes === undefined) throw new RangeError(`there is no level ${level}`);
    return nodes;
  }
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : Number(a[0] > b[0]);
}
