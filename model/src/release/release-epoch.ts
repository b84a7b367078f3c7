import { referenceKey } from '../facts/fact.ts';
import { byName } from './by-name.ts';
import { type FactKeys, keyKinds, MOVING } from './fact-keys.ts';
import type { OwnersOfKeys } from './owners-of-keys.ts';
import { asideLevel, ReleaseLevels } from './release-levels.ts';
import { type NodeFacts, type PendingNode, rowsOfKind, sumsOf } from './release-node.ts';
import { patienceOf, type ReleaseOrder } from './release-order.ts';
import { type Crowd, crowdOf, type ReleaseRule } from './release-rule.ts';

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
  /** What the numbers of keys mean, in `pending` as in `cells`; new ones may come. */
  readonly keys: FactKeys;
  /** Owners of vehicles at the end of the epoch. */
  readonly ownersOf: OwnersOfKeys;
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
  const { order, rule, epoch, pending, keys, ownersOf } = wanted;
  const root = order.dropped.length;
  const cells = movingApart(wanted);
  const levels = new ReleaseLevels(order, keys.size);
  for (const node of pending) levels.put(node);
  for (const { isMoving, dimensions, facts } of cells) {
    levels.put({ facts, dimensions, level: isMoving ? asideLevel(order) : 0, sinceEpoch: epoch });
  }
  for (const [name, node] of levels.of(asideLevel(order))) {
    if (epoch - node.sinceEpoch < patienceOf(order)) continue;
    levels.move(name, node, { level: root, epoch });
  }
  const batches: Batch[] = [];
  for (let level = 0; level <= root; level += 1) {
    const patience = order.patienceEpochs[level] ?? Number.POSITIVE_INFINITY;
    const leaving: [name: string, batch: Batch][] = [];
    for (const [name, node] of levels.of(level)) {
      const crowd = crowdOf(node.facts, keys, ownersOf, rule);
      if (crowd.isSafe) {
        levels.remove(name, node);
        leaving.push([name, batchOf(node, crowd, keys, ownersOf)]);
      } else if (epoch - node.sinceEpoch >= patience) {
        levels.move(name, node, { level: level + 1, epoch });
      }
    }
    batches.push(...leaving.sort(byName).map(([, batch]) => batch));
  }
  return { batches, pending: levels.all() };
}

/** The cells of an epoch, in which what comes of vehicles that move is counted apart. */
function movingApart({
  cells,
  keys,
}: EpochOfView): (CellOfEpoch & { readonly isMoving: boolean })[] {
  const all = [...cells];
  const moving = movingIn(all, keys);
  if (moving.size === 0) return all.map((cell) => ({ ...cell, isMoving: false }));
  return all.map(({ dimensions, facts }) => {
    const isMoving = rowsOfKind(facts, keys, keyKinds.vehicle).some(([vehicle]) =>
      moving.has(vehicle),
    );
    return { dimensions, facts: isMoving ? apart(facts, moving, keys) : facts, isMoving };
  });
}

/** Vehicles, by key, of which an epoch takes back more events than come, in some cell. */
function movingIn(cells: readonly CellOfEpoch[], { kinds }: FactKeys): ReadonlySet<number> {
  const moving = new Set<number>();
  for (const { facts } of cells) {
    for (let row = facts.start; row < facts.end; row += 1) {
      const key = facts.keys[row] ?? -1;
      if (kinds[key] === keyKinds.vehicle && (facts.deltas[row] ?? 0) < 0) moving.add(key);
    }
  }
  return moving;
}

/** Facts with what comes of vehicles that move counted apart. */
function apart(
  { start, end, ...rows }: NodeFacts,
  moving: ReadonlySet<number>,
  keys: FactKeys,
): NodeFacts {
  const deltas = rows.deltas.subarray(start, end);
  const own = rows.keys.subarray(start, end).map((key, row) => {
    const comes = moving.has(key) && (deltas[row] ?? 0) > 0;
    return comes ? keys.numberOf(referenceKey(MOVING, keys.idOf(key))) : key;
  });
  return { keys: own, deltas, start: 0, end: own.length };
}

function batchOf(
  { dimensions, level, facts }: PendingNode,
  { vehicles, owners }: Crowd,
  keys: FactKeys,
  ownersOf: OwnersOfKeys,
): Batch {
  const sources = rowsOfKind(facts, keys, keyKinds.contributor)
    .filter(([, events]) => events > 0)
    .map(([key, events]): [string, number] => [keys.idOf(key), events]);
  const byOwner = new Map<string, number>();
  for (const [key, events] of rowsOfKind(facts, keys, keyKinds.vehicle)) {
    const owner = ownersOf.nameOf(key);
    if (events > 0) byOwner.set(owner, (byOwner.get(owner) ?? 0) + events);
  }
  return {
    ...{ dimensions, level, sums: sumsOf(facts, keys) },
    ...{ vehicles, owners, contributors: sources.length },
    ...{ bySource: new Map(sources.sort(byName)), byOwner: new Map([...byOwner].sort(byName)) },
  };
}
