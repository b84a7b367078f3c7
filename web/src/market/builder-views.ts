import { isReleasedViewName, releasedViews, type View } from '@passport/model';

import type { BuilderView } from './query-draft.ts';

/** The views of a product, with those of their metrics and dimensions that it sells; all of them without `fields`. */
export function builderViews(
  names: readonly string[],
  fields: readonly { readonly name: string }[] | undefined,
): BuilderView[] {
  const sold = fields && new Set(fields.map(({ name }) => name));
  const isSold = (name: string): boolean => sold?.has(columnOf(name)) ?? true;
  return names.filter(isReleasedViewName).map((name) => {
    const view: View = releasedViews[name];
    return {
      ...{ name, means: view.means },
      dimensions: view.dimensions
        .filter((dimension) => isSold(dimension.name))
        .map((dimension) => ({
          ...{ name: dimension.name, means: dimension.means },
          isDay: dimension.isDay === true,
        })),
      metrics: Object.entries(view.metrics)
        .filter(([metric]) => isSold(metric))
        .map(([metric, { unit, means }]) => ({ name: metric, unit, means })),
    };
  });
}

/** Descriptors spell metrics as columns: with no hyphens. */
function columnOf(metric: string): string {
  return metric.replaceAll('-', '_');
}
