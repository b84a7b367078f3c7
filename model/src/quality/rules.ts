import * as z from 'zod';

import { flags } from '../events/flags.ts';
import { methods } from '../events/methods.ts';

const score = z.int().min(0).max(1000);

const scoresOf = <Name extends string>(names: readonly Name[]) =>
  z.strictObject(
    Object.fromEntries(names.map((name) => [name, score])) as Record<Name, typeof score>,
  );

/** How events are scored at recording: the value of the parameter `quality.rules`. */
export const qualityRules = z.strictObject({
  /** Index of a source that nobody has rated yet. */
  probation: score,
  /** How far each method is trusted. */
  methods: scoresOf(methods),
  /** What is left of plausibility with each flag. */
  flags: scoresOf(flags),
  /** Days after the event by which it was recorded, ascending, and the score until then. */
  timeliness: z
    .array(z.strictObject({ days: z.int().min(0), score }))
    .min(1)
    .refine((steps) => steps.every((step, i) => i === 0 || step.days > (steps[i - 1]?.days ?? 0)), {
      error: 'days must ascend',
    }),
  /** The score of what comes later still. */
  latest: score,
  /** Kilometres that a vehicle can be driven in a day. */
  kmPerDayMax: z.int().min(1),
});

/** {@link qualityRules} */
export type QualityRules = z.output<typeof qualityRules>;

/** The rules until members vote on others. */
export const defaultQualityRules: QualityRules = {
  probation: 600,
  methods: {
    'connected-car': 950,
    dongle: 850,
    professional: 900,
    expert: 1000,
    owner: 500,
  },
  flags: {
    'odometer-lower-than-before': 150,
    'odometer-higher-than-after': 150,
    'odometer-jump': 300,
    late: 900,
    'before-registration': 500,
    'while-wreck': 400,
    'while-exported': 600,
    'while-scrapped': 200,
  },
  timeliness: [
    { days: 2, score: 1000 },
    { days: 7, score: 950 },
    { days: 30, score: 900 },
    { days: 365, score: 750 },
  ],
  latest: 600,
  kmPerDayMax: 2000,
};
