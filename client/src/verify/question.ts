import {
  PassportError,
  readReleasedQuery,
  readViewQuery,
  releasedViewNames,
  releasedViews,
  type ReleasedQuery,
  type View,
  type ViewQuery,
  views,
  windows,
} from '@passport/model';

import { VerifyError } from './verify-error.ts';

/** What is asked of the API, and of the ledger. */
export type Question =
  | { readonly of: 'view'; readonly query: ViewQuery }
  | { readonly of: 'released'; readonly query: ReleasedQuery }
  | { readonly of: 'vehicle'; readonly vid: string };

/** A question of a view as people write it: texts of the command line. */
export type ViewWords = {
  readonly view: string;
  /** Names with commas between them; all metrics without. */
  readonly metrics?: string | undefined;
  readonly by?: string | undefined;
  /** `dimension=value`; several of one dimension allow each of them. */
  readonly filters?: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** Reads a question of a view. Throws VerifyError `USAGE`, which lists what there is. */
export function viewQuestion(words: ViewWords): Question {
  return read(words, views, (name, parameters) => ({
    of: 'view',
    query: readViewQuery(name, parameters),
  }));
}

/** Reads a question of what was released of a view. Throws as {@link viewQuestion}. */
export function releasedQuestion(words: ViewWords): Question {
  return read(words, releasedViews, (name, parameters) => ({
    of: 'released',
    query: readReleasedQuery(name, parameters),
  }));
}

function read(
  { view, metrics, by, filters = [], from, to }: ViewWords,
  all: Readonly<Record<string, View>>,
  questionOf: (view: string, parameters: URLSearchParams) => Question,
): Question {
  const parameters = new URLSearchParams();
  const known = Object.hasOwn(all, view) ? all[view] : undefined;
  parameters.set('metrics', metrics ?? Object.keys(known?.metrics ?? {}).join(','));
  if (by !== undefined) parameters.set('by', by);
  if (from !== undefined) parameters.set('from', from);
  if (to !== undefined) parameters.set('to', to);
  for (const filter of filters) {
    const mark = filter.indexOf('=');
    if (mark < 1) throw new VerifyError('USAGE', `--filter ${filter}: write dimension=value`);
    parameters.append(filter.slice(0, mark), filter.slice(mark + 1));
  }
  try {
    return questionOf(view, parameters);
  } catch (error) {
    if (error instanceof PassportError) throw new VerifyError('USAGE', error.detail);
    throw error;
  }
}

/** Where the API answers it: path and parameters. */
export function pathOf(question: Question, atBlock?: number): string {
  const parameters = new URLSearchParams();
  if (question.of !== 'vehicle') {
    const { metrics, by, filters, from, to } = question.query;
    parameters.set('metrics', metrics.join(','));
    if (by.length > 0) parameters.set('by', by.join(','));
    if (from !== undefined) parameters.set('from', from);
    if (to !== undefined) parameters.set('to', to);
    for (const [name, values] of Object.entries(filters)) {
      for (const value of values) parameters.append(name, value);
    }
  }
  if (atBlock !== undefined) parameters.set('atBlock', String(atBlock));
  const path =
    question.of === 'vehicle'
      ? `v1/vehicles/${encodeURIComponent(question.vid)}`
      : `v1/${question.of === 'view' ? 'views' : 'released'}/${question.query.view}`;
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A question for people: `usage by day where region=FR`. */
export function wordsOf(question: Question): string {
  if (question.of === 'vehicle') return `vehicle ${question.vid}`;
  const { view, by, filters, from, to } = question.query;
  const where = Object.entries(filters).map(([name, values]) => `${name}=${values.join('|')}`);
  return [
    question.of === 'released' ? `released ${view}` : view,
    by.length === 0 ? '' : `by ${by.join(',')}`,
    where.length === 0 ? '' : `where ${where.join(' ')}`,
    from === undefined ? '' : `from ${from}`,
    to === undefined ? '' : `to ${to}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/**
 * A broad set of questions: every view with all of its metrics, as one row, by each dimension, and by
 * all of them; of `activity` that in each window.
 */
export function broadQuestions(): Question[] {
  return Object.values<View>(views).flatMap(({ name, dimensions }) => {
    const names = dimensions.map((dimension) => dimension.name);
    if (name !== 'activity') return byEach(name, names, []);
    const free = names.filter((dimension) => dimension !== 'window');
    return windows.flatMap((window) => byEach(name, free, [`window=${window.name}`]));
  });
}

/** The same of all that was released. */
export function broadReleasedQuestions(): Question[] {
  return releasedViewNames.flatMap((view) => {
    const names = releasedViews[view].dimensions.map(({ name }) => name);
    return byEach(view, names, [], releasedQuestion);
  });
}

function byEach(
  view: string,
  dimensions: readonly string[],
  filters: readonly string[],
  questionOf = viewQuestion,
): Question[] {
  return [undefined, ...dimensions, dimensions.join(',')].map((by) =>
    questionOf({ view, by, filters }),
  );
}
