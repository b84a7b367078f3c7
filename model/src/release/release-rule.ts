import { type FactKeys, keyKinds } from './fact-keys.ts';
import type { OwnersOfKeys } from './owners-of-keys.ts';
import { type NodeFacts, rowsOfKind } from './release-node.ts';

/** When facts may leave: what a batch of them needs. */
export type ReleaseRule = {
  /** Vehicles that have more facts in it than it takes back of them, at least. */
  readonly vehiclesMin: number;
  /** Owners of these vehicles, at least. */
  readonly ownersMin: number;
  /** What one vehicle's part of their events is at most, in thousandths. */
  readonly dominancePermilleMax: number;
};

/**
 * The rule. k = 10 is the threshold that statistical offices ask for where a table may be linked with
 * others (Eurostat, Handbook on Statistical Disclosure Control, 2024, 4.2: 3 to 10); five owners, so that
 * a fleet is no crowd; and of the (n, k) dominance rule (same, 4.2.2) n = 1, k = 50 %.
 */
export const releaseRule: ReleaseRule = {
  vehiclesMin: 10,
  ownersMin: 5,
  dominancePermilleMax: 500,
};

/** How much of what a crowd is made of: whether it is one, and how many they are. */
export type Crowd = {
  readonly isSafe: boolean;
  readonly vehicles: number;
  /** 0 where it is none anyway: there are too few vehicles, or one has too much. */
  readonly owners: number;
};

/**
 * Looks at the vehicles of some facts: how many more events of each come than are taken back. Only
 * those with more count. What is taken back of nine vehicles next to one that comes would otherwise
 * be a crowd, and uncover the tenth of the batch before. What comes of vehicles that move may have been
 * released as something else: it is in no crowd, and none of it may be more than half of all either.
 */
export function crowdOf(
  facts: NodeFacts,
  keys: FactKeys,
  ownersOf: OwnersOfKeys,
  rule: ReleaseRule,
): Crowd {
  const { kinds } = keys;
  let [vehicles, total, largest, isMoving] = [0, 0, 0, false];
  for (let row = facts.start; row < facts.end; row += 1) {
    const kind = kinds[facts.keys[row] ?? -1];
    const events = facts.deltas[row] ?? 0;
    if (kind === keyKinds.moving) isMoving = true;
    if (kind !== keyKinds.vehicle || events <= 0) continue;
    vehicles += 1;
    total += events;
    if (events > largest) largest = events;
  }
  const isNone =
    vehicles < rule.vehiclesMin ||
    dominates(largest, total, rule) ||
    (isMoving && isDominatedTogether(facts, keys, rule));
  if (isNone) return { isSafe: false, vehicles, owners: 0 };
  const owners = new Set<number>();
  for (let row = facts.start; row < facts.end; row += 1) {
    const key = facts.keys[row] ?? -1;
    const comes = kinds[key] === keyKinds.vehicle && (facts.deltas[row] ?? 0) > 0;
    if (comes) owners.add(ownersOf.numberOf(key));
  }
  return { isSafe: owners.size >= rule.ownersMin, vehicles, owners: owners.size };
}

function dominates(largest: number, total: number, { dominancePermilleMax }: ReleaseRule): boolean {
  return largest * 1000 > dominancePermilleMax * total;
}

/** Whether one vehicle has too much of what comes, of those that move as well. */
function isDominatedTogether(facts: NodeFacts, keys: FactKeys, rule: ReleaseRule): boolean {
  const sums = new Map<string, number>();
  for (const kind of [keyKinds.vehicle, keyKinds.moving]) {
    for (const [key, events] of rowsOfKind(facts, keys, kind)) {
      const vid = keys.idOf(key);
      sums.set(vid, (sums.get(vid) ?? 0) + events);
    }
  }
  const coming = [...sums.values()].filter((events) => events > 0);
  const total = coming.reduce((sum, events) => sum + events, 0);
  return dominates(
    coming.reduce((most, events) => Math.max(most, events), 0),
    total,
    rule,
  );
}
