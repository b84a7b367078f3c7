import { readKey, type ReadKey } from '../facts/fact.ts';

/** Facts of one place: what they add to sums and buckets, and to whom they refer. */
export type NodeFacts = {
  /** Sums and buckets by key. */
  readonly sums: ReadonlyMap<string, number>;
  /** By vid: events that come less those that are taken back. */
  readonly vehicles: ReadonlyMap<string, number>;
  /** By vid: events that come as vehicles move; they are in no other number by vehicle. */
  readonly moving: ReadonlyMap<string, number>;
  /** The same by source. */
  readonly contributors: ReadonlyMap<string, number>;
};

/** Facts that wait at a node. */
export type PendingNode = {
  readonly facts: NodeFacts;
  readonly dimensions: readonly string[];
  readonly level: number;
  /** The epoch in which the first of them came to this level. */
  readonly sinceEpoch: number;
};

/** What the numbers of vehicles that move refer to, where facts wait: no view has such facts. */
export const MOVING = 'moving' as const;

/** Of most places nothing moves. */
const NONE: ReadonlyMap<string, number> = new Map();

/** Sorts facts of a cell by what they are; measures in `withheld` are left out, and what is 0. */
export function nodeFacts(
  keys: Iterable<readonly [key: string, delta: number]>,
  withheld: readonly string[],
  readKeyOf: (key: string) => ReadKey = readKey,
): NodeFacts {
  return sortedFacts(withheld, (take) => {
    for (const [key, delta] of keys) take(key, readKeyOf(key), delta);
  });
}

/** Takes a fact of a cell. */
export type TakeFact = (key: string, read: ReadKey, delta: number) => void;

/** As {@link nodeFacts}, of what `each` hands over; each key comes once. */
export function sortedFacts(
  withheld: readonly string[],
  each: (take: TakeFact) => void,
): NodeFacts {
  const sums = new Map<string, number>();
  const vehicles = new Map<string, number>();
  let moving: Map<string, number> | undefined;
  const contributors = new Map<string, number>();
  each((key, read, delta) => {
    if (delta === 0) return;
    if (read.type !== 'reference') {
      if (read.type !== 'sum' || !withheld.includes(read.measure)) sums.set(key, delta);
    } else if (read.to === 'vehicle') vehicles.set(read.id, delta);
    else if (read.to === MOVING) (moving ??= new Map()).set(read.id, delta);
    else if (read.to === 'contributor') contributors.set(read.id, delta);
  });
  return { sums, vehicles, moving: moving ?? NONE, contributors };
}

/** Facts that come together in one place. */
export class JoinedFacts implements NodeFacts {
  readonly sums = new Map<string, number>();
  readonly vehicles = new Map<string, number>();
  readonly moving = new Map<string, number>();
  readonly contributors = new Map<string, number>();

  add(facts: NodeFacts): void {
    addTo(this.sums, facts.sums);
    addTo(this.vehicles, facts.vehicles);
    addTo(this.moving, facts.moving);
    addTo(this.contributors, facts.contributors);
  }
}

/** Whether there is nothing in it. */
export function isNothing({ sums, vehicles, moving, contributors }: NodeFacts): boolean {
  return sums.size === 0 && vehicles.size === 0 && moving.size === 0 && contributors.size === 0;
}

function addTo(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [key, delta] of more) {
    const sum = (sums.get(key) ?? 0) + delta;
    if (sum === 0) sums.delete(key);
    else sums.set(key, sum);
  }
}
