import { type Instant, instantOf, millisecondsOf } from '@passport/model';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How keys roll while the wallet is away: so many periods of so many days, one epoch each. */
export type EpochPlan = { readonly periods: number; readonly days: number };

/** Quarters for two years: the longest time that a grant can last. */
export const quarters: EpochPlan = { periods: 8, days: 91 };

/** When each of the planned epochs begins, the first at `from`. */
export function planEpochs(from: Instant, { periods, days }: EpochPlan = quarters): Instant[] {
  const beginMs = millisecondsOf(from);
  return Array.from({ length: periods }, (_, period) =>
    instantOf(beginMs + period * days * DAY_MS),
  );
}
