import { readFile } from 'node:fs/promises';

import { z } from 'zod';

const figure = z.strictObject({
  value: z.number().positive(),
  unit: z.string(),
  source: z.string(),
});
const share = figure.extend({ value: z.number().min(0).max(1) });

const schema = z.strictObject({
  comment: z.string(),
  energies: z.strictObject({
    source: z.string(),
    unit: z.string(),
    values: z
      .array(
        z.strictObject({
          name: z.enum(['petrol', 'diesel', 'electric']),
          share: z.number().min(0).max(1),
          kmPerYear: z.number().positive(),
        }),
      )
      .min(1),
  }),
  models: z.strictObject({
    source: z.string(),
    unit: z.string(),
    values: z
      .array(
        z.strictObject({ brand: z.string(), model: z.string(), share: z.number().min(0).max(1) }),
      )
      .min(1),
  }),
  regions: z.strictObject({
    source: z.string(),
    unit: z.string(),
    values: z.array(z.strictObject({ name: z.string(), share: z.number().min(0).max(1) })).min(1),
  }),
  yearlySpread: figure,
  ageYearsMax: figure,
  tripsPerDay: figure,
  useShareWeekday: share,
  useShareWeekend: share,
  tripSpread: figure,
  seasonSwing: share,
  speedKmhMean: figure,
  serviceKm: figure,
  serviceDays: figure,
  repairsPerYear: figure,
  repairGrowthPerYear: figure,
  inspectionDays: figure,
  breakdownsPerYear: figure,
  incidentsPerMillionKm: figure,
  rollbackShare: share,
  rollbackCut: share,
  historyDays: figure,
  tripDays: figure,
});

/** The figures that the synthetic fleet is made of, each with its unit and source. */
export type FleetParameters = z.output<typeof schema>;

const FILE = new URL('../../../datasets/synthetic-fleet/parameters.json', import.meta.url);

/** Reads them from datasets/synthetic-fleet/parameters.json. Throws ZodError when they do not fit. */
export async function readParameters(): Promise<FleetParameters> {
  return schema.parse(JSON.parse(await readFile(FILE, 'utf8')));
}
