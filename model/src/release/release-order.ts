import type { ViewName } from '../views/views.ts';
import { views } from '../views/views.ts';

/** Stands in a dimension of a batch that its facts were not told apart by. */
export const ANY = '*' as const;

/** Views that batches are made of. */
export type ReleasedViewName = Exclude<ViewName, 'activity'>;

/** How facts of a view come together until they are a crowd. */
export type ReleaseOrder = {
  readonly view: ReleasedViewName;
  /**
   * Places of the dimensions in the order in which they are dropped: level n is a cell without the
   * first n of them, level 0 the cell itself, the last level the root.
   */
  readonly dropped: readonly number[];
  /** Epochs that facts wait on each level but the last before they go on; there they wait for ever. */
  readonly patienceEpochs: readonly number[];
};

/**
 * What goes first is what buyers miss least: who recorded it, then what the model mostly tells anyway
 * (energy), then the region. Day x brand x model is what pay-as-you-go tariffs, residual values and
 * failure rates are made of, so facts wait longest there. Of small ledgers a day's sums of a brand
 * are left, then those of the brand; all views have one order, so that `usage` and the trips of
 * `events` are the same batches, and their difference is nothing.
 */
const steps: readonly (readonly [dropped: string, patienceEpochs: number])[] = [
  ['sourceKind', 0],
  ['energy', 0],
  ['region', 0],
  ['model', 2],
  ['day', 1],
  ['brand', 1],
];

/** What a view is about goes last. A kind of event never goes: kinds are few. */
const lastSteps: Partial<Record<ReleasedViewName, (typeof steps)[number]>> = {
  interventions: ['job', 1],
  incidents: ['severity', 1],
};

function orderOf(view: ReleasedViewName): ReleaseOrder {
  const last = lastSteps[view];
  const all = last === undefined ? steps : [...steps, last];
  const names = views[view].dimensions.map(({ name }) => name);
  return {
    view,
    dropped: all.map(([name]) => names.indexOf(name)),
    patienceEpochs: all.map(([, epochs]) => epochs),
  };
}

/** The order of each view. */
export const releaseOrders: Readonly<Record<ReleasedViewName, ReleaseOrder>> = {
  events: orderOf('events'),
  usage: orderOf('usage'),
  mileage: orderOf('mileage'),
  interventions: orderOf('interventions'),
  incidents: orderOf('incidents'),
};

/** Whether batches are made of a view. */
export function isReleasedViewName(name: string): name is ReleasedViewName {
  return Object.hasOwn(releaseOrders, name);
}

/** Epochs after which facts are at the root, or out. */
export function patienceOf({ patienceEpochs }: ReleaseOrder): number {
  return patienceEpochs.reduce((sum, epochs) => sum + epochs, 0);
}

/** What a cell is called on a level: the first `level` dropped dimensions are {@link ANY}. */
export function nodeAt(
  { dropped }: ReleaseOrder,
  dimensions: readonly string[],
  level: number,
): readonly string[] {
  const node = [...dimensions];
  for (const place of dropped.slice(0, level)) node[place] = ANY;
  return node;
}

/**
 * Measures that are not in batches: another view has them of other events, and the difference of two
 * crowds can be one vehicle.
 */
export const withheldMeasures: Readonly<Record<ReleasedViewName, readonly string[]>> = {
  events: [],
  usage: [],
  mileage: ['qualityPoints'],
  interventions: [],
  incidents: [],
};
