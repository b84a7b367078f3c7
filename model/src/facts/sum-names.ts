import { FactName } from './fact-name.ts';

/** The keys of sums that facts are added to, by the measure. */
export const sumNames = namesOf([
  ...(['events', 'qualityPoints', 'generated', 'flags'] as const),
  ...([
    'trips',
    'distanceM',
    'durationMs',
    'movingMs',
    'harshBrakes',
    'harshAccelerations',
  ] as const),
  ...(['fuelMl', 'fuelDistanceM', 'fuelOverDistanceMl'] as const),
  ...(['energyWh', 'energyDistanceM', 'energyOverDistanceWh'] as const),
  ...(['readings', 'kmDriven', 'rollbacks', 'kmRolledBack'] as const),
  ...(['interventions', 'incidents', 'wrecksDeclared', 'wrecksLifted', 'erasures'] as const),
]);

function namesOf<Measure extends string>(measures: readonly Measure[]): Record<Measure, FactName> {
  const names = measures.map((measure) => [measure, new FactName(measure)] as const);
  return Object.fromEntries(names) as Record<Measure, FactName>;
}
