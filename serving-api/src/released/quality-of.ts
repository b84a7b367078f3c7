import type { EventKind, ReleasedQuery, ReleasedViewName } from '@passport/model';

import type { Floor } from '../cubes/candidates.ts';
import type { Cube } from '../cubes/cube.ts';
import { queryCube } from '../cubes/query-cube.ts';

/** Kinds of events that a view is made of; all, where it is not there. */
const kindsOf: { readonly [view in ReleasedViewName]?: readonly EventKind[] } = {
  usage: ['trip'],
  interventions: ['intervention'],
  incidents: ['incident', 'wreck-declared', 'wreck-lifted'],
};

/**
 * The mean quality index of the events that a question is about, thousandths, rounded down: of those of the
 * view's kinds that were released, within the days, brands, models and so on that it asks for. Null where
 * there are none. `events` is the cube of the view of that name.
 */
export function qualityOf(events: Cube, query: ReleasedQuery, upTo: Floor): number | null {
  const names = new Set(events.view.dimensions.map(({ name }) => name));
  const filters = Object.entries(query.filters).filter(([name]) => names.has(name));
  const kinds = kindsOf[query.view];
  const [row] = queryCube(
    events,
    {
      ...{ ...query, view: 'events', metrics: ['meanQuality'], by: [] },
      filters: { ...Object.fromEntries(filters), ...(kinds === undefined ? {} : { kind: kinds }) },
    },
    upTo,
  );
  const mean = row?.[0] ?? null;
  return typeof mean === 'number' ? Math.floor(mean) : null;
}
