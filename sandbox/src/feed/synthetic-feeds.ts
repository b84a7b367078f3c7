import { dayOf } from '@passport/model';

import type { SourceName } from '../organisations.ts';
import { type Fleet, type Injection, injectionOf } from '../synthetic-fleet/life-story.ts';
import { readParameters } from '../synthetic-fleet/parameters.ts';
import { syntheticFeed, vehicleName, type Witness } from '../synthetic-fleet/synthetic-feed.ts';
import { papersOf } from '../synthetic-fleet/papers.ts';
import { declareWreck } from './declare-wreck.ts';
import type { FeedContext } from './feed-ledger.ts';
import type { FeedPlan } from './sandbox-feed.ts';

/**
 * In the order in which they are fed: the wreck is declared between the insurer's incidents and what
 * the cars themselves report, so that the one that goes on driving is seen.
 */
const order: readonly {
  readonly witness: Witness;
  readonly source: SourceName;
  readonly says: string;
}[] = [
  { witness: 'garage', source: 'workshop', says: 'services and repairs' },
  { witness: 'inspection', source: 'centre', says: 'inspections' },
  { witness: 'assistance', source: 'roadside', says: 'breakdowns' },
  { witness: 'insurer', source: 'claims', says: 'incidents' },
  { witness: 'maker', source: 'fleet', says: 'trips and mileage of the cars themselves' },
];

const DAY_MS = 24 * 60 * 60 * 1000;

/** The fleet of a seed up to the day before yesterday: a day that is over everywhere. */
export async function makeFleet(options: {
  readonly vehicles: number;
  readonly seed: number;
  readonly now: Date;
}): Promise<Fleet> {
  const until = dayOf(options.now.getTime() - 2 * DAY_MS);
  const { seed, vehicles } = options;
  return { seed, vehicles, until, parameters: await readParameters() };
}

/** The synthetic fleet's feeds, its vehicles, and the frauds that are in it on purpose, by name. */
export function syntheticPlan(fleet: Fleet, context: FeedContext): FeedPlan {
  const { seed, vehicles, until, parameters } = fleet;
  const injections = injectionsOf(fleet);
  const count = (kind: Injection['kind']): number =>
    injections.filter((injection) => injection.kind === kind).length;
  const day = dayOf(Date.parse(until) - (parameters.historyDays.value - 1) * DAY_MS);
  const named = Array.from({ length: vehicles }, (_, vehicle) => ({
    name: vehicleName(seed, vehicle),
    day,
    papers: papersOf(fleet, vehicle),
    generated: true as const,
  }));
  return {
    says:
      `A synthetic fleet of ${vehicles} vehicles (seed ${seed}), marked generated; injected: ` +
      `${count('odometer-rollback')} rolled-back odometers, ${count('rolling-wreck')} rolling wreck`,
    vehicles: named,
    feeds: order.map(({ witness, source, says }) => ({
      feed: syntheticFeed(fleet, witness),
      source,
      says: `${says} (generated)`,
    })),
    beforeLast: async (enrolled) => {
      const wreck = injections.find(({ kind }) => kind === 'rolling-wreck');
      const vid = wreck === undefined ? undefined : enrolled[wreck.vehicle]?.vid;
      if (wreck !== undefined && vid !== undefined) await declareWreck(context, vid, wreck.day);
    },
  };
}

/** The frauds that are in the fleet on purpose. */
function injectionsOf(fleet: Fleet): Injection[] {
  const all = Array.from({ length: fleet.vehicles }, (_, vehicle) => injectionOf(fleet, vehicle));
  return all.filter((injection) => injection !== undefined);
}
