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
 * The mean quality index of the events that some views are made of, as {@link qualityOf}: of all that was released of
 * their kinds.
 */
export function qualityOfViews(
  events: Cube,
  views: readonly ReleasedViewName[],
  upTo: Floor,
): number | null {
  const kinds = views.map((view) => kindsOf[view]);
  const all = kinds.flatMap((own) => own ?? []);
  const isAll = kinds.includes(undefined);
  return meanOf(events, isAll ? {} : { kind: all }, { from: undefined, to: undefined }, upTo);
}

/**
 * The mean quality index of the events that a question is about, thousandths, rounded down: of those of the
 * view's kinds that were released, within the days, brands, models and so on that it asks for. Null where
 * there are none. `events` is the cube of the view of that name.
 */
export function qualityOf(events: Cube, query: ReleasedQuery, upTo: Floor): number | null {
  const { dimensions } = events.view;
  const wanted: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(query.filters)) {
    if (dimensions.some((dimension) => dimension.name === name)) wanted[name] = values;
  }
  const kinds = kindsOf[query.view];
  if (kinds !== undefined) wanted['kind'] = kinds;
  return meanOf(events, wanted, query, upTo);
}

function meanOf(
  events: Cube,
  filters: ReleasedQuery['filters'],
  { from, to }: Pick<ReleasedQuery, 'from' | 'to'>,
  upTo: Floor,
): number | null {
  const query = { view: 'events' as const, metrics: ['meanQuality'], by: [], filters, from, to };
  const [row] = queryCube(events, query, upTo);
  const mean = row?.[0] ?? null;
  return typeof mean === 'number' ? Math.floor(mean) : null;
}
