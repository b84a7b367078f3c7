/** How a metric is worked out from what counts in a row. */
export type Metric = { readonly unit: string } & (
  | { readonly sum: string }
  /** How many different ones. */
  | { readonly distinct: 'vid' | 'source' }
  | { readonly ratio: readonly [numerator: string, denominator: string] }
  /** The value that so many thousandths of the values stay within. */
  | { readonly values: string; readonly permille: number }
);

/** A view: its dimensions in their order, and its metrics. */
export type ViewTable = {
  readonly dimensions: readonly string[];
  readonly metrics: Readonly<Record<string, Metric>>;
};

/** The version of the definitions that this oracle follows; docs/views.md has them in words. */
export const DEFINITIONS = 3;

const vehicleDimensions = ['day', 'brand', 'model', 'energy', 'region', 'sourceKind'];

const common: Readonly<Record<string, Metric>> = {
  vehicles: { distinct: 'vid', unit: 'vehicles' },
  contributors: { distinct: 'source', unit: 'sources' },
};

/** All views. */
export const viewTables: Readonly<Record<string, ViewTable>> = {
  events: {
    dimensions: [...vehicleDimensions, 'kind', 'told'],
    metrics: {
      events: { sum: 'events', unit: 'events' },
      generated: { sum: 'generated', unit: 'events' },
      meanQuality: { ratio: ['qualityPoints', 'events'], unit: 'points of 1000' },
      ...common,
    },
  },
  usage: {
    dimensions: [...vehicleDimensions, 'told'],
    metrics: {
      trips: { sum: 'trips', unit: 'trips' },
      distanceM: { sum: 'distanceM', unit: 'm' },
      durationMs: { sum: 'durationMs', unit: 'ms' },
      movingMs: { sum: 'movingMs', unit: 'ms' },
      harshBrakes: { sum: 'harshBrakes', unit: 'count' },
      harshAccelerations: { sum: 'harshAccelerations', unit: 'count' },
      fuelMl: { sum: 'fuelMl', unit: 'ml' },
      energyWh: { sum: 'energyWh', unit: 'Wh' },
      meanTripM: { ratio: ['distanceM', 'trips'], unit: 'm' },
      fuelMlPerM: { ratio: ['fuelOverDistanceMl', 'fuelDistanceM'], unit: 'ml/m' },
      energyWhPerM: { ratio: ['energyOverDistanceWh', 'energyDistanceM'], unit: 'Wh/m' },
      tripMP50: { values: 'tripM', permille: 500, unit: 'm' },
      tripMP90: { values: 'tripM', permille: 900, unit: 'm' },
      speedP50: { values: 'speed', permille: 500, unit: 'mm/s' },
      speedP90: { values: 'speed', permille: 900, unit: 'mm/s' },
      ...common,
    },
  },
  mileage: {
    dimensions: [...vehicleDimensions, 'step'],
    metrics: {
      readings: { sum: 'readings', unit: 'readings' },
      kmDriven: { sum: 'kmDriven', unit: 'km' },
      rollbacks: { sum: 'rollbacks', unit: 'count' },
      kmRolledBack: { sum: 'kmRolledBack', unit: 'km' },
      'odometer-lower-than-before': { sum: 'odometer-lower-than-before', unit: 'readings' },
      'odometer-higher-than-after': { sum: 'odometer-higher-than-after', unit: 'readings' },
      'odometer-jump': { sum: 'odometer-jump', unit: 'readings' },
      late: { sum: 'late', unit: 'readings' },
      'before-registration': { sum: 'before-registration', unit: 'readings' },
      'while-wreck': { sum: 'while-wreck', unit: 'readings' },
      'while-exported': { sum: 'while-exported', unit: 'readings' },
      'while-scrapped': { sum: 'while-scrapped', unit: 'readings' },
      meanQuality: { ratio: ['qualityPoints', 'readings'], unit: 'points of 1000' },
      kmPerStepP50: { values: 'kmPerStep', permille: 500, unit: 'km' },
      kmPerStepP90: { values: 'kmPerStep', permille: 900, unit: 'km' },
      ...common,
    },
  },
  interventions: {
    dimensions: [...vehicleDimensions, 'job'],
    metrics: { interventions: { sum: 'interventions', unit: 'interventions' }, ...common },
  },
  incidents: {
    dimensions: [...vehicleDimensions, 'severity'],
    metrics: {
      incidents: { sum: 'incidents', unit: 'incidents' },
      wrecksDeclared: { sum: 'wrecksDeclared', unit: 'vehicles' },
      wrecksLifted: { sum: 'wrecksLifted', unit: 'vehicles' },
      ...common,
    },
  },
  activity: {
    dimensions: ['window', 'bucket', 'kind', 'sourceKind'],
    metrics: {
      events: { sum: 'events', unit: 'events' },
      distanceM: { sum: 'distanceM', unit: 'm' },
      flags: { sum: 'flags', unit: 'count' },
    },
  },
};
