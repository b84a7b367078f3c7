import type { Flag, QualityExplanation, RecordedEvent } from '@passport/model';

const flagSays: Readonly<Record<Flag, string>> = {
  'odometer-lower-than-before': 'the odometer reads less than the same source had read before',
  'odometer-higher-than-after': 'the odometer reads more than the same source read on a later day',
  'odometer-jump': 'more kilometres than the days since the last reading allow',
  late: 'it came after an event of a later day',
  'before-registration': 'the vehicle had not come into use on that day',
  'while-wreck': 'the vehicle was declared a wreck and not cleared',
  'while-exported': 'the vehicle was exported',
  'while-scrapped': 'the vehicle was scrapped',
};

/** In words, why an event has its index: each reason with the sub-score that it explains. */
export function reasonsOf({
  quality,
  flags,
  method,
}: RecordedEvent): QualityExplanation['reasons'] {
  return [
    { score: 'source', says: `the source is rated ${quality.source} of 1000` },
    { score: 'method', says: `observed by ${method}: ${quality.method} of 1000` },
    ...(flags.length === 0
      ? [{ score: 'plausibility' as const, says: 'nothing about it is implausible' }]
      : flags.map((flag) => ({ score: 'plausibility' as const, says: flagSays[flag] }))),
    {
      score: 'timeliness',
      says: `recorded so long after the event: ${quality.timeliness} of 1000`,
    },
    { score: 'index', says: 'the geometric mean of the four, rounded down' },
  ];
}
