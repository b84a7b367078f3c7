import { FactName } from './fact-name.ts';

/** The keys of sums that facts are added to, by the measure. */
export const sumNames = namesOf([
  'events',
  'qualityPoints',
  'generated',
  'flags',
  'trips',
  'distanceM',
  'durationMs',
  'movingMs',
  'harshBrakes',
  'harshAccelerations',
  'fuelMl',
  'fuelDistanceM',
  'fuelOverDistanceMl',
  'energyWh',
  'energyDistanceM',
  'energyOverDistanceWh',
  'readings',
  'kmDriven',
  'rollbacks',
  'kmRolledBack',
  'interventions',
  'incidents',
  'wrecksDeclared',
  'wrecksLifted',
  'erasures',
]);

function namesOf<Measure extends string>(measures: readonly Measure[]): Record<Measure, FactName> {
  const names = measures.map((measure) => [measure, new FactName(measure)] as const);
  return Object.fromEntries(names) as Record<Measure, FactName>;
}
