import { exactAt } from '../exact-at.ts';
import { HistoryError } from '../history-error.ts';
import type { History } from '../history/history.ts';
import type { ViewAnswer, ViewQuestion } from '../views/answer-view.ts';
import { type Metric, viewTables } from '../views/metrics.ts';
import { quantileOfCounts } from '../views/quantile.ts';
import { type Batch, batchesOf, type ReleaseQuestion } from './batches.ts';
import { sumsOf, valuesOf } from './contents.ts';
import { ANY, CROWDS, steps, withheld } from './release-rules.ts';

/** An answer about batches, as the serving API gives it. */
export type ReleasedAnswer = ViewAnswer & {
  readonly epochBlocks: number;
  readonly k: number;
  readonly batches: number;
  readonly coarser: { readonly batches: number; readonly vehicles: number };
};

type CrowdName = 'vehicles' | 'owners' | 'contributors' | 'batches';
type ReleasedMetric = Metric | { readonly unit: string; readonly crowd: CrowdName };

const crowdMetrics: Readonly<Record<string, ReleasedMetric>> = {
  vehicles: { crowd: 'vehicles', unit: 'vehicles' },
  contributors: { crowd: 'contributors', unit: 'sources' },
  owners: { crowd: 'owners', unit: 'owners' },
  batches: { crowd: 'batches', unit: 'batches' },
};

/**
 * Answers a question from the batches up to the last block of an epoch. Throws HistoryError
 * `BLOCK_UNKNOWN`, `QUESTION_INVALID`.
 */
export function answerReleased(
  history: History,
  question: ViewQuestion,
  release: ReleaseQuestion,
): ReleasedAnswer {
  const { view, metrics, by = [] } = question;
  const exact = exactAt(history, release.block);
  if ((release.block + 1) % release.epochBlocks !== 0) throw invalid('no epoch ends at that block');
  const asked = metrics.map((name) => ({ name, metric: metricOf(view, name) }));
  const all = batchesOf(history, view, release);
  const answering = all.filter((batch) => fits(batch, question) === 'yes');
  const coarser = all.filter((batch) => fits(batch, question) === 'cannot tell');
  return {
    ...exact,
    view,
    by,
    metrics: asked.map(({ name, metric }) => ({ name, unit: metric.unit })),
    rows: groupsOf(answering, by).map(({ values, members }) => [
      ...values,
      ...asked.map(({ metric }) => valueOf(view, metric, members)),
    ]),
    epochBlocks: release.epochBlocks,
    k: (release.crowds ?? CROWDS).vehicles,
    batches: answering.length,
    coarser: { batches: coarser.length, vehicles: total(coarser, 'vehicles') },
  };
}

function metricOf(view: string, name: string): ReleasedMetric {
  const table = viewTables[view];
  if (table === undefined || steps[view] === undefined) throw invalid(`nothing of ${view}`);
  const crowd = Object.hasOwn(crowdMetrics, name) ? crowdMetrics[name] : undefined;
  const metric = crowd ?? (Object.hasOwn(table.metrics, name) ? table.metrics[name] : undefined);
  const isWithheld =
    metric !== undefined &&
    'ratio' in metric &&
    metric.ratio.some((sum) => (withheld[view] ?? []).includes(sum));
  if (metric === undefined || isWithheld) throw invalid(`no batch of ${view} has ${name}`);
  return metric;
}

/** Whether a batch is asked for; it cannot tell where it is any in what is restricted, and fits else. */
export function fits(
  { dimensions }: Batch,
  { filters = {}, from, to }: ViewQuestion,
): 'yes' | 'no' | 'cannot tell' {
  let cannotTell = false;
  for (const [name, values] of Object.entries(filters)) {
    const value = dimensions[name] ?? '';
    if (values.includes(value)) continue;
    if (value !== ANY) return 'no';
    cannotTell = true;
  }
  const { day = '' } = dimensions;
  const isRange = from !== undefined || to !== undefined;
  if (isRange && day === ANY) cannotTell = true;
  else if ((from !== undefined && day < from) || (to !== undefined && day > to)) return 'no';
  return cannotTell ? 'cannot tell' : 'yes';
}

type Group = { readonly values: readonly string[]; readonly members: Batch[] };

function groupsOf(batches: readonly Batch[], by: readonly string[]): Group[] {
  if (by.length === 0) return [{ values: [], members: [...batches] }];
  const groups = new Map<string, Group>();
  for (const batch of batches) {
    const values = by.map((name) => batch.dimensions[name] ?? '');
    const name = JSON.stringify(values);
    const group = groups.get(name) ?? { values, members: [] };
    group.members.push(batch);
    groups.set(name, group);
  }
  return [...groups.values()].sort(({ values: a }, { values: b }) => {
    const place = a.findIndex((text, each) => text !== b[each]);
    return place < 0 ? 0 : (a[place] ?? '') < (b[place] ?? '') ? -1 : 1;
  });
}

function valueOf(view: string, metric: ReleasedMetric, batches: readonly Batch[]): number | null {
  if ('crowd' in metric) return total(batches, metric.crowd);
  const changes = batches.flatMap((batch) => batch.changes);
  if ('distinct' in metric) throw invalid('batches have no ids in them');
  if ('values' in metric) {
    return quantileOfCounts(valuesOf(changes, metric.values), metric.permille);
  }
  const sums = sumsOf(changes, withheld[view] ?? []);
  if ('sum' in metric) return sums.get(metric.sum) ?? 0;
  const [numerator, denominator] = metric.ratio.map((name) => sums.get(name) ?? 0);
  return denominator === 0 || denominator === undefined ? null : (numerator ?? 0) / denominator;
}

function total(batches: readonly Batch[], of: CrowdName): number {
  return batches.reduce((sum, batch) => sum + (of === 'batches' ? 1 : batch[of]), 0);
}

function invalid(why: string): HistoryError {
  return new HistoryError('QUESTION_INVALID', why);
}
