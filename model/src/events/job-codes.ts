/**
 * Work on a vehicle by code: what `Passport.Intervention.Jobs` holds, with commas between. Statistics sort by them, so
 * one word for one thing; the words that people read are the pages'.
 */
export const jobCodes = [
  'service',
  'oil',
  'filters',
  'brakes',
  'tyres',
  'wheels',
  'suspension',
  'steering',
  'clutch',
  'gearbox',
  'engine',
  'exhaust',
  'cooling',
  'battery',
  'electrics',
  'lights',
  'air-conditioning',
  'airbags',
  'glass',
  'bodywork',
  'paint',
  'software',
  'recall',
  'breakdown',
] as const;

/** One of {@link jobCodes}. */
export type JobCode = (typeof jobCodes)[number];
