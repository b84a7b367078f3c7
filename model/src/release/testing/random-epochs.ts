import fc from 'fast-check';

import { FactKeys } from '../fact-keys.ts';
import { OwnersOfKeys } from '../owners-of-keys.ts';
import { nodeFacts, type NodeFacts, type PendingNode, sumsOf } from '../release-node.ts';
import { releaseEpoch, type Released } from '../release-epoch.ts';
import { releaseOrders } from '../release-order.ts';
import type { ReleaseRule } from '../release-rule.ts';

/** An event of a test: its cell, whose it is, when it comes and when, if ever, it is taken back. */
export type EpochEvent = {
  readonly vehicle: number;
  readonly dimensions: readonly string[];
  readonly epoch: number;
  readonly takenBack: number | undefined;
};

export const EPOCHS = 12;
/** Three vehicles to an owner, so that owners count as well. */
export const ownerOf = (vid: string): string => `owner-${Math.floor(Number(vid) / 3)}`;
export const order = releaseOrders.usage;

/** Some events of few vehicles in few cells. */
export const randomEvents: fc.Arbitrary<readonly EpochEvent[]> = fc.array(
  fc
    .record({
      vehicle: fc.nat(11),
      day: fc.constantFrom('2026-01-01', '2026-01-02'),
      brand: fc.constantFrom('A', 'B'),
      model: fc.constantFrom('m', 'n'),
      region: fc.constantFrom('r', 's'),
      epoch: fc.nat(EPOCHS - 1),
      after: fc.option(fc.nat(5), { freq: 3, nil: undefined }),
    })
    .map(({ vehicle, day, brand, model, region, epoch, after }) => ({
      ...{ vehicle, epoch, dimensions: [day, brand, model, 'e', region, 'k', 'd'] },
      takenBack: after === undefined || epoch + after >= EPOCHS ? undefined : epoch + after,
    })),
  { minLength: 20, maxLength: 150, size: 'max' },
);

/** A fact of an epoch; each event has a sum of its own, so that batches tell which are in them. */
export type EpochFact = {
  readonly dimensions: readonly string[];
  readonly key: string;
  readonly delta: number;
};

/** The facts of an epoch, one by one. */
export function factsOf(events: readonly EpochEvent[], epoch: number): EpochFact[] {
  return events.flatMap(({ vehicle, dimensions, epoch: comes, takenBack }, number) => {
    const sign = Number(comes === epoch) - Number(takenBack === epoch);
    if (sign === 0) return [];
    const keys = [`event${number}`, `vehicle@${vehicle}`, `contributor@${vehicle % 2}`];
    return keys.map((key) => ({ dimensions, key, delta: sign }));
  });
}

/** Facts added up by cell. */
function cellsOf(facts: readonly EpochFact[], of: FactKeys) {
  const cells = new Map<string, { dimensions: readonly string[]; keys: Map<string, number> }>();
  for (const { dimensions, key, delta } of facts) {
    const name = dimensions.join();
    const cell = cells.get(name) ?? { dimensions, keys: new Map<string, number>() };
    cell.keys.set(key, (cell.keys.get(key) ?? 0) + delta);
    cells.set(name, cell);
  }
  return [...cells.values()].map(({ dimensions, keys }) => ({
    dimensions,
    facts: nodeFacts(keys, [], of),
  }));
}

/** What an epoch comes to; what waits is told by the keys themselves. */
export type Told = {
  readonly batches: Released['batches'];
  readonly pending: readonly (Omit<PendingNode, 'facts'> & { readonly facts: ToldFacts })[];
};

/** Facts as they are: sums by key, and the others. */
type ToldFacts = {
  readonly sums: ReadonlyMap<string, number>;
  readonly others: Readonly<Record<string, number>>;
};

function toldFacts(facts: NodeFacts, keys: FactKeys): ToldFacts {
  const sums = sumsOf(facts, keys);
  const all = Array.from(facts.keys.subarray(facts.start, facts.end), (key, row) => {
    return [keys.keyOf(key), facts.deltas[facts.start + row] ?? 0] as const;
  });
  return { sums, others: Object.fromEntries(all.filter(([key]) => !sums.has(key))) };
}

/** What each epoch comes to; `arrange` may put its facts in another order. */
export function releaseAll(
  events: readonly EpochEvent[],
  rule: ReleaseRule,
  arrange: (facts: EpochFact[]) => EpochFact[] = (facts) => facts,
): Told[] {
  const keys = new FactKeys();
  const told: Told[] = [];
  let pending: readonly PendingNode[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const cells = cellsOf(arrange(factsOf(events, epoch)), keys);
    const ownersOf = new OwnersOfKeys(keys, ownerOf);
    const released = releaseEpoch({ order, rule, epoch, pending, cells, keys, ownersOf });
    ({ pending } = released);
    told.push({
      batches: released.batches,
      pending: pending.map((node) => ({ ...node, facts: toldFacts(node.facts, keys) })),
    });
  }
  return told;
}
