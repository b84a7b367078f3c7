import fc from 'fast-check';

import { nodeFacts } from '../release-node.ts';
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
function cellsOf(facts: readonly EpochFact[]) {
  const cells = new Map<string, { dimensions: readonly string[]; keys: Map<string, number> }>();
  for (const { dimensions, key, delta } of facts) {
    const name = dimensions.join();
    const cell = cells.get(name) ?? { dimensions, keys: new Map<string, number>() };
    cell.keys.set(key, (cell.keys.get(key) ?? 0) + delta);
    cells.set(name, cell);
  }
  return [...cells.values()].map(({ dimensions, keys }) => ({
    dimensions,
    facts: nodeFacts(keys, []),
  }));
}

/** What each epoch comes to; `arrange` may put its facts in another order. */
export function releaseAll(
  events: readonly EpochEvent[],
  rule: ReleaseRule,
  arrange: (facts: EpochFact[]) => EpochFact[] = (facts) => facts,
): Released[] {
  const released: Released[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const pending = released.at(-1)?.pending ?? [];
    const cells = cellsOf(arrange(factsOf(events, epoch)));
    released.push(releaseEpoch({ order, rule, epoch, pending, cells, ownerOf }));
  }
  return released;
}
