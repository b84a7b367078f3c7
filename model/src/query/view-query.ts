import { PassportError } from '../errors/passport-error.ts';
import { isDayText } from '../time/day.ts';
import type { View } from '../views/view.ts';
import { isViewName, type ViewName, views } from '../views/views.ts';
import { windows } from '../views/windows.ts';

/** What somebody asks of a view. */
export type ViewQuery = {
  readonly view: ViewName;
  /** One at least. */
  readonly metrics: readonly string[];
  /** Dimensions that the answer is broken down by, in this order; none is one row. */
  readonly by: readonly string[];
  /** Values that a dimension may have; dimensions that are not named may have any. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** First and last day, both included; only of views that have days. */
  readonly from: string | undefined;
  readonly to: string | undefined;
};

/** What can be asked at once. */
export const queryLimits = {
  /** Values of all filters together. */
  filterValues: 200,
  /** Rows of an answer. */
  rows: 50_000,
  /** Days from first to last: a hundred years. */
  days: 36_600,
} as const;

const reserved = new Set(['metrics', 'by', 'from', 'to', 'atBlock']);

/**
 * Reads a query from the parameters of a URL (WHATWG): `metrics` and `by` are lists with commas,
 * `from` and `to` are days, every other name is a dimension and may come several times. Throws
 * PassportError `VIEW_UNKNOWN`, `QUERY_INVALID` (the message lists what there is), `QUERY_TOO_LARGE`.
 */
export function readViewQuery(name: string, parameters: URLSearchParams): ViewQuery {
  if (!isViewName(name)) {
    throw new PassportError('VIEW_UNKNOWN', `views are ${Object.keys(views).join(', ')}`);
  }
  const query: ViewQuery = { ...readQueryOf(views[name], parameters), view: name };
  if (name === 'activity') requireWindow(query);
  return query;
}

/** As {@link readViewQuery}, of a view whose definition is at hand. */
export function readQueryOf(view: View, parameters: URLSearchParams): Omit<ViewQuery, 'view'> {
  const { name } = view;
  const dimensions = view.dimensions.map((dimension) => dimension.name);
  const query = {
    metrics: chosen(parameters, 'metrics', Object.keys(view.metrics), name),
    by: parameters.has('by') ? chosen(parameters, 'by', dimensions, name) : [],
    filters: filtersOf(parameters, dimensions, name),
    from: dayOf(parameters, 'from', view),
    to: dayOf(parameters, 'to', view),
  };
  checkRange(query);
  return query;
}

function chosen(
  parameters: URLSearchParams,
  parameter: string,
  known: readonly string[],
  view: string,
): string[] {
  const names = parameters.getAll(parameter).join().split(',');
  const asked = names.map((each) => each.trim()).filter((each) => each !== '');
  const unknown = asked.find((each) => !known.includes(each));
  if (asked.length === 0 || unknown !== undefined) {
    const what = unknown === undefined ? `name ${parameter}` : `no ${parameter} "${unknown}"`;
    throw invalid(`${what}; the view ${view} has ${known.join(', ')}`);
  }
  if (new Set(asked).size !== asked.length) throw invalid(`${parameter} names one twice`);
  return asked;
}

function filtersOf(
  parameters: URLSearchParams,
  dimensions: readonly string[],
  view: string,
): Record<string, string[]> {
  const filters: Record<string, string[]> = {};
  let count = 0;
  for (const [name, value] of parameters) {
    if (reserved.has(name)) continue;
    if (!dimensions.includes(name)) {
      throw invalid(`no dimension "${name}"; the view ${view} has ${dimensions.join(', ')}`);
    }
    const values = (filters[name] ??= []);
    if (values.includes(value)) continue;
    values.push(value);
    count += 1;
    if (count > queryLimits.filterValues) {
      const limit = `${queryLimits.filterValues} values are the limit`;
      throw new PassportError('QUERY_TOO_LARGE', limit);
    }
  }
  return filters;
}

function dayOf(parameters: URLSearchParams, name: string, view: View): string | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (!view.dimensions.some(({ isDay }) => isDay)) {
    throw invalid(`the view ${view.name} has no days: leave "${name}" out`);
  }
  if (!isDayText(text)) throw invalid(`"${name}" is a day, written YYYY-MM-DD`);
  return text;
}

function checkRange({ from, to }: Pick<ViewQuery, 'from' | 'to'>): void {
  if (from === undefined || to === undefined) return;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days < 0) throw invalid('"to" is before "from"');
  if (days < queryLimits.days) return;
  throw new PassportError('QUERY_TOO_LARGE', `${queryLimits.days} days are the limit`);
}

/** Windows overlap, so that adding them up would count twice. */
function requireWindow({ filters, by }: ViewQuery): void {
  const [window, ...others] = filters['window'] ?? [];
  const names = windows.map(({ name }) => name);
  if (window === undefined || others.length > 0 || !names.includes(window)) {
    throw invalid(`the view activity takes one window: ${names.join(', ')}`);
  }
  if (by.includes('window')) throw invalid('there is one window: do not ask by it');
}

function invalid(why: string): PassportError {
  return new PassportError('QUERY_INVALID', why);
}
