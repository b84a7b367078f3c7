import type { Flag } from '../events/flags.ts';
import type { Method } from '../events/methods.ts';
import { type Day, daysBetween } from '../time/day.ts';
import type { QualityRules } from './rules.ts';

/** How far an event can be trusted, 0 to 1000, and what that is made of; all whole numbers. */
export type QualityIndex = {
  readonly index: number;
  /** The source's reputation. */
  readonly source: number;
  readonly method: number;
  readonly plausibility: number;
  readonly timeliness: number;
};

/** What the index of an event at recording depends on. */
export type Evidence = {
  /** The source's index. */
  readonly source: number;
  readonly method: Method;
  readonly flags: readonly Flag[];
  readonly at: Day;
  /** The day of the transaction. */
  readonly recordedOn: Day;
};

/**
 * The index of an event at recording: the geometric mean of its four sub-scores, rounded down, so
 * that one bad score cannot be bought off by three good ones. Plausibility is the product of what
 * each flag leaves of it.
 */
export function qualityIndex(evidence: Evidence, rules: QualityRules): QualityIndex {
  const { source } = evidence;
  const method = rules.methods[evidence.method];
  const plausibility = evidence.flags.reduce(
    (left, flag) => Math.floor((left * rules.flags[flag]) / 1000),
    1000,
  );
  const timeliness = timelinessOf(daysBetween(evidence.at, evidence.recordedOn), rules);
  const index = fourthRoot(source * method * plausibility * timeliness);
  return { index, source, method, plausibility, timeliness };
}

function timelinessOf(days: number, rules: QualityRules): number {
  return rules.timeliness.find((step) => days <= step.days)?.score ?? rules.latest;
}

/**
 * The whole part of the fourth root of a whole number up to 10^12. Square roots of IEEE 754 are
 * rounded correctly, so the whole part of one below 2^52 is exact.
 */
function fourthRoot(value: number): number {
  return Math.floor(Math.sqrt(Math.floor(Math.sqrt(value))));
}
