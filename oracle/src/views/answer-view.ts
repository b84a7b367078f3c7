import { HistoryError } from '../history-error.ts';
import type { History, Place, ReadLine } from '../history/history.ts';
import { eventsAt } from '../history/events-at.ts';
import { exactAt, type ExactAt } from '../exact-at.ts';
import { countActivity, windowNames } from './activity.ts';
import {
  type Counted,
  countEvents,
  countIncidents,
  countInterventions,
  countTrips,
} from './counted.ts';
import { type Metric, viewTables } from './metrics.ts';
import { countReadings } from './mileage.ts';
import { quantile } from './quantile.ts';

/** What is asked of a view. */
export type ViewQuestion = {
  readonly view: string;
  readonly metrics: readonly string[];
  /** Dimensions that the answer is broken down by; none is one row. */
  readonly by?: readonly string[];
  /** Values that a dimension may have; others may have any. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  /** First and last day, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

type Cell = string | number | null;

/** The answer, as the serving API gives it. */
export type ViewAnswer = ExactAt & {
  readonly view: string;
  readonly by: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  readonly rows: readonly (readonly Cell[])[];
};

/**
 * Answers a question as of a block, the newest one by default, from all events up to it. Throws
 * HistoryError `BLOCK_UNKNOWN`, `QUESTION_INVALID`.
 */
export function answerView(history: History, question: ViewQuestion, atBlock?: number): ViewAnswer {
  const exact = exactAt(history, atBlock);
  const { view, metrics, by = [], filters = {}, from, to } = question;
  const table = viewTables[view];
  if (table === undefined) throw invalid(`there is no view ${view}`);
  const asked = metrics.map((name): Metric & { readonly name: string } => {
    const metric = Object.hasOwn(table.metrics, name) ? table.metrics[name] : undefined;
    if (metric === undefined) throw invalid(`the view ${view} has no metric ${name}`);
    return { name, ...metric };
  });
  for (const name of [...by, ...Object.keys(filters)]) {
    if (!table.dimensions.includes(name))
      throw invalid(`the view ${view} has no dimension ${name}`);
  }
  if (view === 'activity') requireWindow(filters);
  const isAsked = ({ dimensions }: Counted): boolean => {
    const { day = '' } = dimensions;
    return (
      (from === undefined || day >= from) &&
      (to === undefined || day <= to) &&
      Object.entries(filters).every(([name, values]) => values.includes(dimensions[name] ?? ''))
    );
  };
  const groups = groupsOf(countIn(view, history, exact.block).filter(isAsked), by);
  return {
    ...exact,
    view,
    by,
    metrics: asked.map(({ name, unit }) => ({ name, unit })),
    rows: groups.map(({ values, members }) => [
      ...values,
      ...asked.map((metric) => valueOf(metric, members)),
    ]),
  };
}

/** What all events up to a block count for in a view. Throws HistoryError. */
export function countIn(view: string, history: History, atBlock: number): Counted[] {
  const recorded = eventsAt(history, atBlock);
  const kept = (): ReadLine[] => standingOf(recorded).filter(({ event }) => !event.isErased);
  switch (view) {
    case 'events':
      return countEvents(kept());
    case 'usage':
      return countTrips(kept());
    case 'mileage':
      return countReadings(standingOf(recorded));
    case 'interventions':
      return countInterventions(kept());
    case 'incidents':
      return countIncidents(kept());
    case 'activity':
      return countActivity(recorded, history, history.blocks[atBlock]?.ledgerTimeMs ?? 0);
    default:
      throw invalid(`there is no view ${view}`);
  }
}

/** Events that void nothing, and that none of these voids. */
function standingOf(recorded: readonly ReadLine[]): ReadLine[] {
  const nameOf = (vid: string, { source, entry, index }: Place): string =>
    `${vid} ${source} ${entry} ${index}`;
  const voided = new Set(recorded.map(({ vid, event }) => event.voids && nameOf(vid, event.voids)));
  return recorded.filter(
    ({ vid, event }) => event.voids === undefined && !voided.has(nameOf(vid, event.place)),
  );
}

type Group = { readonly values: readonly string[]; readonly members: Counted[] };

/** Sorted by their values, as texts of UTF-16 code units. */
function groupsOf(counted: readonly Counted[], by: readonly string[]): Group[] {
  if (by.length === 0) return [{ values: [], members: [...counted] }];
  const groups = new Map<string, Group>();
  for (const each of counted) {
    const values = by.map((name) => each.dimensions[name] ?? '');
    const name = JSON.stringify(values);
    const group = groups.get(name) ?? { values, members: [] };
    group.members.push(each);
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => compareTexts(a.values, b.values));
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (const [place, text] of a.entries()) {
    const other = b[place] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

function valueOf(metric: Metric, members: readonly Counted[]): Cell {
  if ('sum' in metric) return sumOf(metric.sum, members);
  if ('distinct' in metric) return new Set(members.map((each) => each[metric.distinct])).size;
  if ('ratio' in metric) {
    const [numerator, denominator] = metric.ratio.map((name) => sumOf(name, members));
    return denominator === 0 || denominator === undefined ? null : (numerator ?? 0) / denominator;
  }
  const values = members.map((each) => each.values[metric.values]);
  return quantile(
    values.filter((value) => value !== undefined),
    metric.permille,
  );
}

/** Exact, however large. */
function sumOf(name: string, members: readonly Counted[]): number {
  let sum = 0n;
  for (const { sums } of members) sum += BigInt(sums[name] ?? 0);
  return Number(sum);
}

function requireWindow({ window = [] }: Readonly<Record<string, readonly string[]>>): void {
  const [name = ''] = window;
  if (window.length === 1 && windowNames.includes(name)) return;
  throw invalid(`the view activity takes one window of ${windowNames.join(', ')}`);
}

function invalid(why: string): HistoryError {
  return new HistoryError('QUESTION_INVALID', why);
}
