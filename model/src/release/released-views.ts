import type { Metric, View } from '../views/view.ts';
import { views } from '../views/views.ts';
import { type ReleasedViewName, releaseOrders, withheldMeasures } from './release-order.ts';

const counted = 'counted once in each batch';

/** Metrics of batches that have no ids in them. */
const crowdMetrics: Readonly<Record<string, Metric>> = {
  vehicles: { sum: 'vehicles', unit: 'vehicles', means: `vehicles, ${counted}` },
  contributors: { sum: 'contributors', unit: 'sources', means: `sources, ${counted}` },
  owners: { sum: 'owners', unit: 'owners', means: `owners, ${counted}` },
  batches: { sum: 'batches', unit: 'batches', means: 'batches that the numbers are made of' },
};

/** A view as batches tell it: what is withheld is not there, and ids are counted batch by batch. */
function releasedView(name: ReleasedViewName): View {
  const view: View = views[name];
  const kept = Object.entries(view.metrics).filter(
    ([metric, definition]) =>
      !(metric in crowdMetrics) &&
      measuresOf(definition).every((measure) => !withheldMeasures[name].includes(measure)),
  );
  return { ...view, metrics: { ...Object.fromEntries(kept), ...crowdMetrics } };
}

/** The views that batches are asked by. */
export const releasedViews = {
  events: releasedView('events'),
  usage: releasedView('usage'),
  mileage: releasedView('mileage'),
  interventions: releasedView('interventions'),
  incidents: releasedView('incidents'),
} as const satisfies Readonly<Record<ReleasedViewName, View>>;

/** Sums and histograms that batches of a view have, by name. */
export function releasedMeasures(name: ReleasedViewName): {
  readonly sums: readonly string[];
  readonly histograms: readonly string[];
} {
  const metrics = Object.entries(releasedViews[name].metrics).filter(
    ([metric]) => !(metric in crowdMetrics),
  );
  const sums = new Set(metrics.flatMap(([, metric]) => measuresOf(metric)));
  const histograms = new Set(
    metrics.flatMap(([, metric]) => ('histogram' in metric ? [metric.histogram] : [])),
  );
  return { sums: [...sums], histograms: [...histograms] };
}

/** Views that batches are made of. */
export const releasedViewNames = Object.keys(releaseOrders) as readonly ReleasedViewName[];

function measuresOf(metric: Metric): readonly string[] {
  if ('sum' in metric) return [metric.sum];
  return 'ratio' in metric ? metric.ratio : [];
}
