/**
 * What plausibility says of an event at recording, against the source's own head for the vehicle and
 * the vehicle's state:
 * - `odometer-lower-than-before`: below the latest reading of an earlier or the same day;
 * - `odometer-higher-than-after`: of an earlier day than the latest reading, and above it;
 * - `odometer-jump`: more kilometres since then than the days allow;
 * - `late`: of a day before the latest one known from the source;
 * - `before-registration`: of a day before the vehicle was registered;
 * - `while-wreck`, `while-exported`, `while-scrapped`: the vehicle should not be on the road.
 */
export const flags = [
  'odometer-lower-than-before',
  'odometer-higher-than-after',
  'odometer-jump',
  'late',
  'before-registration',
  'while-wreck',
  'while-exported',
  'while-scrapped',
] as const;

export type Flag = (typeof flags)[number];
