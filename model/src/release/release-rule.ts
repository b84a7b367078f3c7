import type { NodeFacts } from './release-node.ts';

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
  /** 0 where there are too few vehicles anyway. */
  readonly owners: number;
};

/**
 * Looks at the vehicles of some facts: how many more events of each come than are taken back. Only
 * those with more count. What is taken back of nine vehicles next to one that comes would otherwise
 * be a crowd, and uncover the tenth of the batch before. What comes of vehicles that move may have been
 * released as something else: it is in no crowd, and none of it may be more than half of all either.
 */
export function crowdOf(
  { vehicles, moving }: Pick<NodeFacts, 'vehicles' | 'moving'>,
  ownerOf: (vid: string) => string,
  rule: ReleaseRule,
): Crowd {
  let count = 0;
  for (const events of vehicles.values()) if (events > 0) count += 1;
  // So it is of most cells, again and again: to look up whose the vehicles are would be for nothing.
  if (count < rule.vehiclesMin) return { isSafe: false, vehicles: count, owners: 0 };
  const owners = new Set<string>();
  for (const [vid, events] of vehicles) if (events > 0) owners.add(ownerOf(vid));
  const isSafe =
    owners.size >= rule.ownersMin &&
    nobodyDominates(vehicles, rule) &&
    (moving.size === 0 || nobodyDominates(together(vehicles, moving), rule));
  return { isSafe, vehicles: count, owners: owners.size };
}

function nobodyDominates(
  vehicles: ReadonlyMap<string, number>,
  { dominancePermilleMax }: ReleaseRule,
): boolean {
  let total = 0;
  let largest = 0;
  for (const events of vehicles.values()) {
    if (events <= 0) continue;
    total += events;
    if (events > largest) largest = events;
  }
  return largest * 1000 <= dominancePermilleMax * total;
}

function together(
  vehicles: ReadonlyMap<string, number>,
  moving: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sums = new Map(vehicles);
  for (const [vid, events] of moving) sums.set(vid, (sums.get(vid) ?? 0) + events);
  return sums;
}
