import {
  boundsOf,
  type Fact,
  FactKeys,
  nodeFacts,
  OwnersOfKeys,
  type PendingNode,
  readCellName,
  readKey,
  releaseEpoch,
  releasedViewNames,
  type ReleasedViewName,
  releaseOrders,
  type ReleaseRule,
  VehicleOwners,
  views,
  withheldMeasures,
} from '@passport/model';
import {
  type Batch,
  batchContributors,
  batchesOf,
  type GrowingHistory,
  sumsOf,
  valuesOf,
} from '@passport/oracle';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { randomActs } from './testing/random-acts.ts';
import { ledgerOf } from './testing/random-ledger.ts';
import { fold, historyOf } from './testing/both-readings.ts';

/** For the three vehicles of random ledgers. */
const rule: ReleaseRule = { vehiclesMin: 2, ownersMin: 1, dominancePermilleMax: 700 };
const crowds = { vehicles: 2, owners: 1, permille: 700 };
const runs = Number(process.env['PROPERTY_RUNS'] ?? 60);

/** A batch as both have it: everything in it by name, in one order. */
type Told = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly dropped: number;
  readonly block: number;
  readonly crowd: readonly number[];
  /** Sources, then owners, with their events. */
  readonly who: readonly (readonly [name: string, events: number])[][];
  readonly numbers: readonly (readonly [name: string, value: number])[];
};

/** What the fold and the model's state machine release. */
function released(facts: readonly (readonly Fact[])[], epochBlocks: number): Map<string, Told[]> {
  const owners = new VehicleOwners();
  const known = new FactKeys();
  const pending = new Map<ReleasedViewName, readonly PendingNode[]>();
  const told = new Map<string, Told[]>(releasedViewNames.map((view) => [view, []]));
  for (let epoch = 0; (epoch + 1) * epochBlocks <= facts.length; epoch += 1) {
    const own = facts.slice(epoch * epochBlocks, (epoch + 1) * epochBlocks).flat();
    for (const fact of own) owners.add(fact);
    const cells = new Map<string, Map<string, number>>();
    for (const { cell, key, delta } of own) {
      const keys = cells.get(cell) ?? new Map<string, number>();
      keys.set(key, (keys.get(key) ?? 0) + delta);
      cells.set(cell, keys);
    }
    for (const view of releasedViewNames) {
      const outcome = releaseEpoch({
        ...{ order: releaseOrders[view], rule, epoch, pending: pending.get(view) ?? [] },
        cells: [...cells]
          .map(([cell, keys]) => ({ ...readCellName(cell), keys }))
          .filter((cell) => cell.view === view)
          .map(({ dimensions, keys }) => ({
            dimensions,
            facts: nodeFacts(keys, withheldMeasures[view], known),
          })),
        keys: known,
        ownersOf: new OwnersOfKeys(known, (vid) => owners.ownerOf(vid)),
      });
      pending.set(view, outcome.pending);
      const names = views[view].dimensions.map(({ name }) => name);
      for (const { dimensions, level, sums, ...crowd } of outcome.batches) {
        told.get(view)?.push({
          dimensions: Object.fromEntries(
            names.map((name, place) => [name, dimensions[place] ?? '']),
          ),
          ...{ dropped: level, block: (epoch + 1) * epochBlocks - 1 },
          crowd: [crowd.vehicles, crowd.owners, crowd.contributors],
          who: [[...crowd.bySource], [...crowd.byOwner]],
          numbers: [...sums].map(([key, value]) => [spelled(key), value]),
        });
      }
    }
  }
  return told;
}

/** A bucket by the largest value that is counted in it. */
function spelled(key: string): string {
  const read = readKey(key);
  return read.type === 'bucket' ? `${read.histogram} up to ${boundsOf(read.bucket).max}` : key;
}

const histograms = ['tripM', 'speed', 'kmPerStep'];

/** The same of the oracle. */
function recomputed(history: GrowingHistory, view: ReleasedViewName, epochBlocks: number): Told[] {
  const block = history.blocks.length - 1;
  return batchesOf(history, view, { block, epochBlocks, crowds }).map(({ changes, ...batch }) => ({
    ...{ dimensions: batch.dimensions, dropped: batch.dropped, block: batch.block },
    crowd: [batch.vehicles, batch.owners, batch.contributors],
    who: whoIn(history, { changes, ...batch }),
    numbers: [
      ...sumsOf(changes, withheldMeasures[view]),
      ...histograms.flatMap((name) =>
        [...valuesOf(changes, name)].map(([value, count]): [string, number] => [
          `${name} up to ${value}`,
          count,
        ]),
      ),
    ],
  }));
}

function whoIn(history: GrowingHistory, batch: Batch): Told['who'] {
  const { sources, owners } = batchContributors(history, batch);
  return [sources, owners].map((all) =>
    [...all]
      .map(([name, events]): [string, number] => [name, Number(events)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const sorted = (told: readonly Told[]): string[] =>
  told
    .map(({ dimensions, numbers, ...batch }) => {
      const values = Object.entries(dimensions).map((value) => value.join('='));
      return JSON.stringify([batch, values.sort(), numbers.map((each) => each.join('=')).sort()]);
    })
    .sort();

test('what the oracle finds to be released is what is released', async () => {
  let batches = 0;
  await fc.assert(
    fc.asyncProperty(randomActs, fc.constantFrom(1, 2, 3), async (acts, epochBlocks) => {
      const ledger = ledgerOf(acts);
      const history = historyOf(ledger);
      const folded = await fold(ledger);
      const facts = folded.map(({ parts }) => parts.flatMap((part) => part.facts));
      for (const [view, ours] of released(facts, epochBlocks)) {
        const theirs = recomputed(history, view as ReleasedViewName, epochBlocks);
        expect(sorted(ours), view).toEqual(sorted(theirs));
        batches += ours.length;
      }
    }),
    { numRuns: runs },
  );
  // Mostly as many as half of the runs; how many is left to chance.
  expect(batches).toBeGreaterThan(0);
}, 120_000);
